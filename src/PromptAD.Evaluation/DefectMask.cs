using PromptAD.Evaluation.Datasets;

namespace PromptAD.Evaluation;

/// <summary>Which pixels of a picture are defective.</summary>
public sealed class DefectMask
{
    private readonly byte[] _pixels;

    /// <summary>A mask on which everything is normal.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    public DefectMask(int width, int height) : this(new byte[Area(width, height)], width, height) { }

    private DefectMask(byte[] pixels, int width, int height)
    {
        _pixels = pixels;
        Width = width;
        Height = height;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Row by row, 1 for a defective pixel and 0 for a normal one. (height · width)</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Whether any pixel is defective.</summary>
    public bool HasDefect => _pixels.AsSpan().Contains((byte)1);

    /// <summary>
    /// Reads one or more mask pictures of any format that pictures may have; a pixel is defective where any of them is not black, or in
    /// JPEG and lossy WebP, which change levels, where it is 128 or more. Alpha is ignored.
    /// </summary>
    /// <param name="paths">At least one file, all of one size.</param>
    /// <exception cref="PromptADException">A file cannot be read or decoded, or two files differ in size.</exception>
    public static DefectMask Read(IReadOnlyList<string> paths)
    {
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count);
        DefectMask? joined = null;
        foreach (string path in paths)
        {
            (byte[] pixels, int width, int height, _) = PictureFile.ReadMask(path);
            var mask = new DefectMask(pixels, width, height);
            if (joined is not null && (joined.Width, joined.Height) != (width, height))
            {
                throw new PromptADException(
                    Problem.Mismatch,
                    $"The masks '{paths[0]}' and '{path}' of one picture are {joined.Width} x {joined.Height} and {width} x {height} "
                    + "pixels; make them the same size.");
            }
            joined ??= mask;
            for (int i = 0; i < mask._pixels.Length; i++) joined._pixels[i] |= mask._pixels[i];
        }
        return joined!;
    }

    /// <summary>The mask at another size, by nearest neighbour with the positions that OpenCV's INTER_NEAREST picks.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    public DefectMask Resize(int width, int height)
    {
        var resized = new DefectMask(width, height);
        int[] columns = Nearest(Width, width);
        int[] rows = Nearest(Height, height);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> source = _pixels.AsSpan(rows[y] * Width, Width);
            Span<byte> target = resized._pixels.AsSpan(y * width, width);
            for (int x = 0; x < width; x++) target[x] = source[columns[x]];
        }
        return resized;
    }

    /// <summary>
    /// The mask at another size, defective wherever a defective pixel comes to lie, so that small defects can still be seen.
    /// </summary>
    internal DefectMask Cover(int width, int height)
    {
        var covered = new DefectMask(width, height);
        for (int i = _pixels.AsSpan().IndexOf((byte)1); i >= 0 && i < _pixels.Length; i++)
        {
            if (_pixels[i] == 0) continue;
            (int left, int right) = Span(i % Width, Width, width);
            (int top, int bottom) = Span(i / Width, Height, height);
            for (int y = top; y < bottom; y++) covered._pixels.AsSpan((y * width) + left, right - left).Fill(1);
        }
        return covered;
    }

    /// <summary>The target positions from the first to before the last that a source position lies in.</summary>
    private static (int First, int Last) Span(int position, int source, int target) =>
        ((int)((long)position * target / source), (int)((((long)(position + 1) * target) + source - 1) / source));

    /// <summary>For each target position the source position at its left edge.</summary>
    private static int[] Nearest(int source, int target)
    {
        // Both divisions, as there: target / source and its inverse do not always multiply to 1, which can move a position by one.
        double step = 1 / ((double)target / source);
        var positions = new int[target];
        for (int i = 0; i < target; i++) positions[i] = Math.Min((int)(i * step), source - 1);
        return positions;
    }

    private static int Area(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        return checked(width * height);
    }
}
