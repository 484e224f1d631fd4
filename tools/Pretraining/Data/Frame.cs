using static TorchSharp.torch;

namespace PromptAD.Pretraining.Data;

/// <summary>What is cut out of all pictures of a group, and how it is turned.</summary>
internal readonly record struct Frame(int Left, int Top, int Side, bool FlipX, bool FlipY, bool Transpose)
{
    private const double WholePicture = 0.4, SmallestSide = 0.6;

    /// <summary>The whole picture or a part of it, in one of eight poses.</summary>
    public static Frame Draw(Random random, int size)
    {
        int side = random.NextDouble() < WholePicture ? size : (int)(size * (SmallestSide + (1 - SmallestSide) * random.NextDouble()));
        return new Frame(random.Next(size - side + 1), random.Next(size - side + 1), side, random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0);
    }

    /// <summary>Cuts, scales and turns pictures, (pictures, channels, size, size).</summary>
    public Tensor Apply(Tensor pictures, int size)
    {
        Tensor cut = pictures.narrow(2, Top, Side).narrow(3, Left, Side);
        if (Side != size) cut = nn.functional.interpolate(cut.contiguous(), [size, size], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);
        long[] flips = [.. (FlipX ? [3L] : Array.Empty<long>()), .. (FlipY ? [2L] : Array.Empty<long>())];
        if (flips.Length > 0) cut = cut.flip(flips);
        return Transpose ? cut.transpose(2, 3) : cut;
    }
}
