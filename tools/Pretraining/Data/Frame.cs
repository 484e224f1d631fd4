using static TorchSharp.torch;

namespace PromptAD.Pretraining.Data;

/// <summary>What is cut out of all pictures of a group, and how it is turned.</summary>
internal readonly record struct Frame(int Left, int Top, int Side, bool FlipX, bool FlipY, bool Transpose)
{
    private const double WholePicture = 0.3, SmallestSide = 0.4, AtDefect = 0.85;

    /// <summary>The whole picture or a part of it, most often with some of the defect inside, in one of eight poses.</summary>
    /// <param name="random">The choice.</param>
    /// <param name="mask">Not 0 where the defect is, (size · size).</param>
    /// <param name="size">Side of the picture in pixels.</param>
    public static Frame Draw(Random random, byte[] mask, int size)
    {
        int side = random.NextDouble() < WholePicture ? size : (int)(size * (SmallestSide + (1 - SmallestSide) * random.NextDouble()));
        int[] defect = random.NextDouble() < AtDefect ? [.. Enumerable.Range(0, mask.Length).Where(pixel => mask[pixel] != 0)] : [];
        int? inside = defect.Length > 0 ? defect[random.Next(defect.Length)] : null;
        int Place(int? at) => random.Next(Math.Max(0, (at ?? side - 1) - side + 1), Math.Min(size - side, at ?? size) + 1);
        return new Frame(Place(inside % size), Place(inside / size), side, random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0);
    }

    /// <summary>Cuts, scales and turns pictures.</summary>
    /// <param name="bytes">(pictures, channels, side, side).</param>
    /// <param name="size">Side of the result in pixels.</param>
    /// <returns>Values from 0 to 1, (pictures, channels, size, size).</returns>
    public Tensor Apply(Tensor bytes, int size)
    {
        Tensor cut = Batch.ToUnit(bytes.narrow(2, Top, Side).narrow(3, Left, Side).contiguous());
        if (Side != size) cut = nn.functional.interpolate(cut, [size, size], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);
        long[] flips = [.. (FlipX ? [3L] : Array.Empty<long>()), .. (FlipY ? [2L] : Array.Empty<long>())];
        if (flips.Length > 0) cut = cut.flip(flips);
        return Transpose ? cut.transpose(2, 3) : cut;
    }
}
