using System.Numerics;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Validation;

namespace PromptAD;

/// <summary>
/// Which places of a product's pictures are inspected: a region of interest, places to ignore, or both; given by polygons or by pictures.
/// What is not inspected is painted over before the encoder sees it, in learning and in judging, and has no part in memory, score, map and
/// limits. Belongs to one detector, whose pictures have all one size or one shape. Never changes; each method returns another mask.
/// </summary>
public sealed class PictureMask
{
    private const byte LightLevel = 128;
    private const int PatchSamples = 8; // along a side of a patch
    private readonly Func<float, float, bool>[] inspected, ignored;

    /// <summary>A mask that inspects everything.</summary>
    /// <param name="width">The width of the product's pictures in pixels, 1 to 65,535.</param>
    /// <param name="height">Their height, 1 to 65,535.</param>
    /// <exception cref="PromptADException">A side is out of its range.</exception>
    public PictureMask(int width, int height) : this(width, height, [], [])
    {
        Check.Range(width, 1, CameraFrame.MaxSide, nameof(width));
        Check.Range(height, 1, CameraFrame.MaxSide, nameof(height));
    }

    private PictureMask(int width, int height, Func<float, float, bool>[] inspected, Func<float, float, bool>[] ignored)
    {
        (Width, Height, this.inspected, this.ignored) = (width, height, inspected, ignored);
    }

    /// <summary>The width of the product's pictures in pixels.</summary>
    public int Width { get; }

    /// <summary>The height of the product's pictures in pixels.</summary>
    public int Height { get; }

    /// <summary>Inspects the inside of a polygon; several add up.</summary>
    /// <param name="polygon">
    /// Its corners in pixels of the picture, at least three; a corner may lie on the picture's edge but not outside.
    /// </param>
    /// <exception cref="PromptADException">The polygon has too few corners or leaves the picture.</exception>
    public PictureMask Inspect(IReadOnlyList<Vector2> polygon) => new(Width, Height, [.. inspected, Inside(polygon)], ignored);

    /// <summary>Ignores the inside of a polygon, whatever else says that it is inspected.</summary>
    /// <param name="polygon">As in <see cref="Inspect(IReadOnlyList{Vector2})"/>.</param>
    /// <exception cref="PromptADException">The polygon has too few corners or leaves the picture.</exception>
    public PictureMask Ignore(IReadOnlyList<Vector2> polygon) => new(Width, Height, inspected, [.. ignored, Inside(polygon)]);

    /// <summary>Inspects the light places of a picture.</summary>
    /// <param name="picture">A picture file of the mask's size; levels of 128 and more are light.</param>
    /// <exception cref="PromptADException">It cannot be read or has another size.</exception>
    public PictureMask Inspect(string picture) => new(Width, Height, [.. inspected, Light(picture)], ignored);

    /// <summary>Ignores the light places of a picture, whatever else says that they are inspected.</summary>
    /// <param name="picture">As in <see cref="Inspect(string)"/>.</param>
    /// <exception cref="PromptADException">It cannot be read or has another size.</exception>
    public PictureMask Ignore(string picture) => new(Width, Height, inspected, [.. ignored, Light(picture)]);

    /// <summary>Which places of a square of this side, stretched over the picture, are inspected, (side, side).</summary>
    internal bool[] Raster(int side)
    {
        var raster = new bool[side * side];
        Parallel.For(0, side, row =>
        {
            float y = (row + 0.5f) * Height / side;
            for (int column = 0; column < side; column++)
            {
                float x = (column + 0.5f) * Width / side;
                raster[(row * side) + column] = (inspected.Length == 0 || Array.Exists(inspected, lies => lies(x, y)))
                    && !Array.Exists(ignored, lies => lies(x, y));
            }
        });
        return raster;
    }

    /// <summary>Which patches are inspected, those with at least half of what of them lies in the picture, (grid, grid).</summary>
    /// <exception cref="PromptADException">None is.</exception>
    internal bool[] Patches(PatchGrid grid)
    {
        int side = grid.Side * PatchSamples;
        bool[] raster = Raster(side);
        (int From, int To)[] reaches = // in samples
        [
            .. Enumerable.Range(0, grid.Side).Select(grid.Reach).Select(
                reach => ((int)Math.Round(reach.From * PatchSamples), (int)Math.Round(reach.To * PatchSamples))),
        ];
        bool IsInspected((int From, int To) down, (int From, int To) across)
        {
            int inside = 0;
            for (int y = down.From; y < down.To; y++) inside += raster.AsSpan((y * side)..)[across.From..across.To].Count(true);
            return 2 * inside >= (down.To - down.From) * (across.To - across.From);
        }
        bool[] patches = [.. reaches.SelectMany(down => reaches.Select(across => IsInspected(down, across)))];
        if (patches.Contains(true)) return patches;
        throw new PromptADException(
            Problem.OutOfRange,
            $"The mask leaves nothing to inspect: no patch of {Width / grid.Side} x {Height / grid.Side} pixels is at least half inside. "
            + "Give a larger region.");
    }

    /// <summary>The same mask, known on a square of this side alone, as a file keeps it.</summary>
    internal PictureMask OnSquare(int side) => FromRaster(Width, Height, side, Raster(side));

    internal static PictureMask FromRaster(int width, int height, int side, bool[] raster) => new(
        width, height,
        [(x, y) => raster[(Math.Min((int)(y * side / height), side - 1) * side) + Math.Min((int)(x * side / width), side - 1)]], []);

    /// <summary>Refuses a picture whose shape is not the mask's; one per cent is for rounding.</summary>
    /// <exception cref="PromptADException">The shapes differ.</exception>
    internal void CheckShape(in CameraFrame picture)
    {
        double ratio = (double)picture.Width * Height / ((double)picture.Height * Width);
        if (ratio is > 0.99 and < 1.01) return;
        throw new PromptADException(
            Problem.Mismatch,
            $"{picture.Name} is {picture.Width} x {picture.Height} pixels, but the detector's mask is made for {Width} x {Height}. Give a "
            + "picture of that shape.");
    }

    private Func<float, float, bool> Inside(IReadOnlyList<Vector2> polygon)
    {
        ArgumentNullException.ThrowIfNull(polygon);
        if (polygon.Count < 3) throw new PromptADException(
            Problem.OutOfRange,
            $"A polygon has {polygon.Count} corners; it needs at least 3.");
        foreach (Vector2 corner in polygon)
        {
            if (corner.X >= 0 && corner.X <= Width && corner.Y >= 0 && corner.Y <= Height) continue;
            throw new PromptADException(
                Problem.OutOfRange,
                $"The corner {corner.X:0.##},{corner.Y:0.##} lies outside the picture of {Width} x {Height} pixels; give corners "
                + "inside it.");
        }
        Vector2[] corners = [.. polygon];
        return (x, y) => // even-odd rule: how many edges a ray to the right crosses
        {
            bool inside = false;
            Vector2 from = corners[^1];
            foreach (Vector2 to in corners)
            {
                if ((from.Y > y) != (to.Y > y) && x < from.X + ((y - from.Y) / (to.Y - from.Y) * (to.X - from.X))) inside = !inside;
                from = to;
            }
            return inside;
        };
    }

    private Func<float, float, bool> Light(string path)
    {
        // The pictures are let in with their size, and a mask has it, too.
        long limit = Math.Max(new PreprocessingOptions().MaxPicturePixels, (long)Width * Height);
        using Picture picture = PictureDecoder.Decode(path, limit, BitDepth.Alone);
        if ((picture.Width, picture.Height) != (Width, Height))
        {
            throw new PromptADException(
                Problem.Mismatch,
                $"The mask '{path}' is {picture.Width} x {picture.Height} pixels, but the pictures are {Width} x {Height}. Give a mask "
                + "of their size.");
        }
        var light = new bool[Width * Height];
        int channels = picture.Channels;
        ReadOnlySpan<byte> pixels = picture.Pixels;
        int colors = Math.Min(channels, 3); // the fourth byte is no colour
        for (int i = 0; i < light.Length; i++) light[i] = pixels.Slice(i * channels, colors).ContainsAnyInRange(LightLevel, byte.MaxValue);
        int width = Width;
        return (x, y) => light[((int)y * width) + (int)x];
    }
}
