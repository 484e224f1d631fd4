using PromptAD.Encoders.Clip;
using PromptAD.Pictures;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Data;

/// <summary>One group as a step sees it.</summary>
/// <param name="Noun">What the product is called.</param>
/// <param name="Defect">What is wrong in its last picture.</param>
internal sealed record Item(string Noun, DefectKind Defect);

/// <summary>Pictures of some groups, ready to be encoded.</summary>
/// <param name="Items">The groups.</param>
/// <param name="Read">
/// What the learned part of the image encoder reads, (groups, references + 2, channels, side, side): of references, of the clean twin of the
/// defective picture, of the defective picture.
/// </param>
/// <param name="Mask">The part of each patch of the defective picture that is defective, (groups, patches).</param>
/// <param name="Contrast">How far each patch of the defective picture is from its clean twin, 0 to 1, (groups, patches).</param>
internal sealed record Batch(IReadOnlyList<Item> Items, Tensor Read, Tensor Mask, Tensor Contrast)
{
    /// <summary>Picks pictures of each group, and changes frame, pose, light and colour at random.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="references">How many good pictures of each to compare with.</param>
    /// <param name="size">Side of the pictures in pixels.</param>
    /// <param name="patch">Side of a patch in pixels.</param>
    /// <param name="random">The changes.</param>
    /// <param name="read">What is read of normalised pictures, (images, 3, size, size).</param>
    public static Batch Make(IReadOnlyList<PictureGroup> groups, int references, int size, int patch, Random random, Func<Tensor, Tensor> read)
    {
        using var scope = NewDisposeScope();
        var items = new List<Item>();
        var images = new List<Tensor>();
        var masks = new List<Tensor>();
        var contrasts = new List<Tensor>();
        foreach (PictureGroup group in groups)
        {
            DefectivePair pair = group.Pairs[random.Next(group.Pairs.Count)];
            DrawnPicture[] pictures = [.. group.Clean.Shuffled(random).Take(references), pair.Clean, pair.Defective];
            items.Add(new Item(pair.Defective.Noun, pair.Defective.Defect!.Value));
            var frame = Frame.Draw(random, pair.Defective.Mask!, pair.Defective.Size);
            Tensor cut = frame.Apply(ToTensor(pictures), size); // (references + 2, 3, size, size)
            Tensor difference = (cut[^1] - cut[^2]).abs().amax([0L], keepdim: true);
            contrasts.Add(nn.functional.avg_pool2d(difference.unsqueeze(0), patch).flatten());
            images.Add(read(Normalize(Photometry.Change(cut, random))));
            masks.Add(nn.functional.avg_pool2d(frame.Apply(MaskOf(pair.Defective), size), patch).flatten());
        }
        return new Batch(
            items, stack(images).MoveToOuterDisposeScope(), stack(masks).MoveToOuterDisposeScope(), stack(contrasts).MoveToOuterDisposeScope());
    }

    /// <summary>Batches of as many pictures each as one.</summary>
    public static Batch Join(IReadOnlyCollection<Batch> batches)
    {
        using var scope = NewDisposeScope();
        Tensor Joined(Func<Batch, Tensor> part) => cat([.. batches.Select(part)], 0).to(ScalarType.Float32).MoveToOuterDisposeScope();
        return new Batch([.. batches.SelectMany(batch => batch.Items)], Joined(batch => batch.Read), Joined(batch => batch.Mask), Joined(batch => batch.Contrast));
    }

    /// <summary>The same with half the bytes for what is read, in no scope, to be kept.</summary>
    public Batch Kept() => new(
        Items, Read.to(ScalarType.Float16).DetachFromDisposeScope(), Mask.alias().DetachFromDisposeScope(), Contrast.alias().DetachFromDisposeScope());

    /// <summary>Pictures as bytes, (pictures, 3, side, side).</summary>
    public static Tensor ToTensor(IReadOnlyList<DrawnPicture> pictures)
    {
        int side = pictures[0].Size;
        byte[] bytes = new byte[pictures.Count * 3 * side * side];
        for (int i = 0; i < pictures.Count; i++) pictures[i].Rgb.CopyTo(bytes.AsSpan(i * 3 * side * side));
        return tensor(bytes, [pictures.Count, side, side, 3], ScalarType.Byte).permute(0, 3, 1, 2);
    }

    /// <summary>A picture's mask as bytes, (1, 1, side, side).</summary>
    public static Tensor MaskOf(DrawnPicture picture) => tensor(picture.Mask!, [1, 1, picture.Size, picture.Size], ScalarType.Byte);

    /// <summary>Bytes as values from 0 to 1.</summary>
    public static Tensor ToUnit(Tensor bytes) => bytes.to(ScalarType.Float32) / Keep(255);

    /// <summary>Subtracts CLIP's mean and divides by its deviation.</summary>
    public static Tensor Normalize(Tensor images) => (images - tensor(ClipPixels.Means).view(1, 3, 1, 1)) / tensor(ClipPixels.Deviations).view(1, 3, 1, 1);
}
