using PromptAD.Validation;

namespace PromptAD;

/// <summary>
/// Cuts pictures into tiles that overlap by a fifth of their side. Each is judged at the encoder's full size and against a memory of its
/// own, so that small defects in large pictures are seen; their maps are merged, and the most anomalous tile's score is the picture's. So
/// many times the work, and so many times the memory.
/// </summary>
/// <param name="Rows">Tiles below each other, 1 to 8.</param>
/// <param name="Columns">Tiles beside each other, 1 to 8.</param>
public sealed record Tiling(int Rows, int Columns)
{
    /// <summary>The most rows, and the most columns.</summary>
    public const int Most = 8;

    internal const int LargestMap = 1600; // pixels along a side of a merged map, unless one tile's map has more already
    private const double Overlap = 0.2; // of a tile's side
    private const int SmallestTile = 16; // pixels along a side

    /// <summary>How many tiles there are.</summary>
    public int Count => Rows * Columns;

    /// <summary>Rows and columns, such as "2 x 3".</summary>
    public override string ToString() => $"{Rows} x {Columns}";

    /// <summary>One tile of a picture, counted row by row from the top left, as a view of its pixels.</summary>
    /// <exception cref="PromptADException">The picture is too small for so many tiles.</exception>
    internal CameraFrame Cut(in CameraFrame frame, int tile)
    {
        (int left, int right) = Span(tile % Columns, Columns, frame.Width);
        (int top, int bottom) = Span(tile / Columns, Rows, frame.Height);
        if (right - left >= SmallestTile && bottom - top >= SmallestTile) return frame.Cut(left, top, right - left, bottom - top);
        throw new PromptADException(
            Problem.OutOfRange,
            $"{frame.Name} is {frame.Width} x {frame.Height} pixels, too small for {this} tiles; each needs "
            + $"{SmallestTile} x {SmallestTile} pixels. Give larger pictures, or a detector with fewer tiles.");
    }

    /// <summary>
    /// How many pixels of the merged map a tile has along a side, and how many from the start of one tile to the next: as many as a map
    /// without tiles has, fewer where the merged map would grow beyond its bound.
    /// </summary>
    /// <param name="mapSize">The side of a map without tiles.</param>
    internal (int Side, int Step) MapSteps(int mapSize)
    {
        double tiles = InSteps(Math.Max(Rows, Columns));
        int side = Math.Max(1, Math.Min(mapSize, (int)(Math.Max(LargestMap, mapSize) / tiles)));
        return (side, Math.Max(1, (int)Math.Round(side * (1 - Overlap))));
    }

    /// <summary>Refuses numbers that cannot be used.</summary>
    /// <exception cref="PromptADException">A number is out of its range, or there is only one tile.</exception>
    public void Validate()
    {
        Check.Range(Rows, 1, Most, "Tiles.Rows");
        Check.Range(Columns, 1, Most, "Tiles.Columns");
        if (Count == 1) throw new PromptADException(
            Problem.InvalidArgument,
            "Tiles of 1 x 1 are the whole picture; ask for more, or leave them out.");
    }

    /// <summary>Where one of some tiles in a row begins and ends.</summary>
    private static (int Start, int End) Span(int tile, int tiles, int length)
    {
        double side = length / InSteps(tiles), start = tile * side * (1 - Overlap);
        return ((int)Math.Round(start), Math.Min(length, (int)Math.Round(start + side)));
    }

    /// <summary>The length of some tiles in a row, in sides of one.</summary>
    private static double InSteps(int tiles) => tiles - ((tiles - 1) * Overlap);
}
