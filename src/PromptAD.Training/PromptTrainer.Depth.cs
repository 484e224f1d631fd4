using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD;

/// <content>How many bits the good pictures use.</content>
public sealed partial class PromptTrainer
{
    private readonly List<Func<BitDepth, Picture>?> sources = []; // how each picture is read again; null where it cannot be
    private readonly List<string> warnings = [];
    private BitDepth depth;

    /// <summary>
    /// What is to be said of the pictures although they could be learned from: bits that were assumed, missing end marks. A sentence each.
    /// </summary>
    public IReadOnlyList<string> Warnings =>
        depth.Assumption("the good pictures") is { } assumption ? [.. warnings, $"{assumption} The detector keeps it."] : warnings;

    /// <param name="decode">Reads the picture, and again where a later one uses more bits.</param>
    /// <param name="isHeld">Whether the caller's memory holds the picture, which is then only kept where it matters.</param>
    private bool AddGood(Func<BitDepth, Picture> decode, bool isHeld = false)
    {
        using Picture picture = decode(depth);
        bool isNew = Add(picture.Frame, picture.Depth ?? depth, isHeld && picture.Depth is null ? null : decode);
        if (isNew && picture.Warning is { } warning) warnings.Add(warning);
        return isNew;
    }

    private bool Add(in CameraFrame frame, BitDepth agreed, Func<BitDepth, Picture>? source)
    {
        CheckGood(frame);
        if (depth.Bits is not null && depth.Bits != agreed.Bits) LearnAgain(agreed);
        if (!Learn(frame)) return false;
        depth = agreed;
        sources.Add(source);
        return true;
    }

    private void CheckGood(in CameraFrame frame)
    {
        preprocessor.CheckSize(frame);
        mask?.CheckShape(frame);
        _ = options.Tiles?.Cut(frame, tile: 0).Width;
        if (!FrameRows.IsPlain(frame)) return;
        throw new PromptADException(
            $"{frame.Name} has one colour all over, so nothing can be learned from it. Check its exposure, and give pictures of good "
            + "parts.");
    }

    /// <summary>Learns the pictures so far again with other bits, where these had been concluded from their samples.</summary>
    private void LearnAgain(BitDepth agreed)
    {
        if (sources.Contains(null))
        {
            throw new PromptADException(
                $"A picture uses {agreed.Bits} of its 16 bits and those before {depth.Bits}, which were forgotten already. Say how many "
                + $"bits all of them have ({nameof(PreprocessingOptions)}.{nameof(PreprocessingOptions.SignificantBits)}).");
        }
        // All are read before anything is forgotten.
        Func<BitDepth, Picture>[] again = [.. sources.Select(source => source!)];
        Picture[] pictures = [.. again.Select(decode => decode(agreed))];
        Forget();
        foreach ((int i, Picture picture) in pictures.Index())
        {
            using (picture) if (Learn(picture.Frame)) sources.Add(again[i]);
        }
        depth = agreed;
    }

    private void Forget()
    {
        foreach (List<PictureFeatures> some in (List<PictureFeatures>[])[good, moved, varied, posed]) some.Clear();
        foreach (List<PictureFeatures[]> some in (List<PictureFeatures[]>[])[gentle, judged]) some.Clear();
        foreach (TileShots tile in tiles) tile.Forget();
        features.Clear();
        added.Clear();
        sources.Clear();
    }
}
