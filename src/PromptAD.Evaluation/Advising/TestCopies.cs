using PromptAD.Evaluation.Metrics;
using PromptAD.Imaging;
using PromptAD.Pictures;

namespace PromptAD.Evaluation.Advising;

/// <summary>
/// The pictures that variants are judged by: good ones that none learned from, and copies of them with painted defects. They are made anew
/// for each variant, the same every time, and never all in memory.
/// </summary>
internal sealed class TestCopies
{
    /// <summary>Of the shorter side of a picture: small, medium and large.</summary>
    public static readonly IReadOnlyList<double> Sizes = [0.02, 0.07, 0.25];

    private const int WantedCopies = 72, PaintedKinds = 8; // the first of the painter's kinds
    private const int SmallestSide = 16, FaintestContrast = 20, Doublings = 2; // 20 to 80 grey levels, equally many in each doubling

    private readonly IReadOnlyList<string> paths;
    private readonly int seed, perSize;
    private readonly long pixelLimit;
    private readonly BitDepth depth;

    public TestCopies(IReadOnlyList<string> paths, int seed, long pixelLimit, BitDepth depth = default)
    {
        (this.paths, this.seed, this.pixelLimit, this.depth) = (paths, seed, pixelLimit, depth);
        perSize = PerSize(paths.Count);
        SizeOf = [.. paths.SelectMany(_ => (int?[])[null, .. Enumerable.Range(0, Sizes.Count * perSize).Select(n => (int?)(n / perSize))])];
        GroupOf = [.. SizeOf.Select((_, i) => i / Each)];
        IsPainted = [.. SizeOf.Select(size => size is not null)];
        // Good pictures are few, so they are turned in all three ways, and painted ones in one each.
        Turns =
        [
            .. Enumerable.Range(0, Count).SelectMany(
                copy => IsPainted[copy] ? [(copy, 1 + (copy % 3))] : ((int, int)[])[(copy, 1), (copy, 2), (copy, 3)]),
        ];
    }

    /// <summary>How many copies of some pictures there are, good ones included.</summary>
    public static int CountFor(int pictures) => pictures * (1 + (Sizes.Count * PerSize(pictures)));

    /// <summary>How many turned views of the copies of some pictures there are: good ones in three ways, painted ones in one.</summary>
    public static int TurnsFor(int pictures) => CountFor(pictures) + (2 * pictures);

    /// <summary>How many copies there are, good ones included.</summary>
    public int Count => SizeOf.Length;

    /// <summary>For each copy, the place of its defect's size in <see cref="Sizes"/>; null for a good one.</summary>
    public int?[] SizeOf { get; }

    /// <summary>For each copy, which picture it is of.</summary>
    public int[] GroupOf { get; }

    /// <summary>For each copy, whether it has a defect.</summary>
    public bool[] IsPainted { get; }

    /// <summary>The turned views that are judged: which copy, and by how many quarters.</summary>
    public (int Copy, int Quarters)[] Turns { get; }

    private int Each => 1 + (Sizes.Count * perSize);

    /// <exception cref="PromptADException">The picture is too small for a defect to be painted into it.</exception>
    public static void CheckSize(string path, int width, int height)
    {
        if (Math.Min(width, height) >= SmallestSide) return;
        throw new PromptADException(
            Problem.OutOfRange, $"'{path}' is {width} x {height} pixels, too small to paint defects into; give pictures of at least "
            + $"{SmallestSide} x {SmallestSide}.");
    }

    /// <summary>Makes the copies one after the other, in the same order every time.</summary>
    public IEnumerable<TestCopy> Make(CancellationToken cancellation = default)
    {
        foreach ((int source, string path) in paths.Index())
        {
            TestCopy good = Read(path, cancellation);
            yield return good;
            for (int n = 0; n < Each - 1; n++)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return Paint(good, source, n);
            }
        }
    }

    private static int PerSize(int pictures) =>
        Math.Clamp((int)Math.Round((double)WantedCopies / (Sizes.Count * pictures)), 1, PaintedKinds);

    private TestCopy Read(string path, CancellationToken cancellation)
    {
        using Picture picture = PictureDecoder.Decode(path, pixelLimit, depth, cancellation);
        CheckSize(path, picture.Width, picture.Height);
        ReadOnlySpan<byte> given = picture.Pixels;
        if (picture.IsGray) return new TestCopy(given.ToArray(), picture.Width, picture.Height, Mask: null);
        var rgb = new byte[3 * picture.Width * picture.Height];
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
            (rgb[to], rgb[to + 1], rgb[to + 2]) = (given[from + 2], given[from + 1], given[from]);
        return new TestCopy(rgb, picture.Width, picture.Height, Mask: null);
    }

    private TestCopy Paint(TestCopy good, int source, int number)
    {
        var random = new SplitMix64(seed, (source * Each) + number);
        int size = number / perSize, shorter = Math.Min(good.Width, good.Height);
        // Each picture goes on in the list of kinds where the one before it ended, so that all sizes get all kinds.
        DefectKind kind = DefectPainter.Kinds[((source * perSize) + (number % perSize) + size) % PaintedKinds];
        int length = Math.Clamp((int)Math.Round(Sizes[size] * shorter), DefectPainter.Shortest, shorter / 2);
        float contrast = FaintestContrast * MathF.Pow(2, Doublings * random.Next(1001) / 1000f);
        ulong form = ((ulong)(uint)random.Next(int.MaxValue) << 31) | (uint)random.Next(int.MaxValue);
        PaintedDefect painted = DefectPainter.Paint(good.Pixels, good.Width, good.Height, kind, length, contrast, form);
        return good with { Pixels = painted.Pixels, Mask = painted.Mask };
    }
}

/// <summary>A good picture, or a copy of one with a defect.</summary>
/// <param name="Pixels">One byte a pixel for grey, or three of red, green and blue.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Mask">255 where it is defective, a byte a pixel; null for a good one.</param>
internal sealed record TestCopy(byte[] Pixels, int Width, int Height, byte[]? Mask)
{
    public CameraFrame Frame => new(
        Pixels, Width, Height, Pixels.Length == Width * Height ? PixelFormat.Gray8 : PixelFormat.Rgb24);
}
