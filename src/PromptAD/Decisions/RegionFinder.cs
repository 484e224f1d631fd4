using System.Numerics;
using PromptAD.Imaging;

namespace PromptAD.Decisions;

/// <summary>Finds the regions of a map and gives them in the picture's own pixels.</summary>
internal static class RegionFinder
{
    private const float Tolerance = 0.75f; // map pixels that an outline may be off: less than a stair of its border

    /// <summary>The regions, the one with the highest peak first.</summary>
    /// <param name="map">The map, stretched over the whole picture.</param>
    /// <param name="limit">What is above it belongs to a region.</param>
    /// <param name="smallest">Regions of fewer pixels of the picture are left out.</param>
    /// <param name="width">The picture's width.</param>
    /// <param name="height">The picture's height.</param>
    public static IReadOnlyList<Region> Find(AnomalyMap map, float limit, double smallest, int width, int height)
    {
        ReadOnlySpan<float> values = map.Values.Span;
        var open = new bool[values.Length];
        for (int i = 0; i < open.Length; i++) open[i] = values[i] > limit;
        double scaleX = (double)width / map.Width, scaleY = (double)height / map.Height;
        var regions = new List<Region>();
        for (int i = Array.IndexOf(open, true); i >= 0; i = Array.IndexOf(open, true, i))
        {
            List<int> pixels = ConnectedPixels.Close(open, map.Width, map.Height, i);
            if (pixels.Count * scaleX * scaleY >= smallest) regions.Add(Measure(map, pixels, scaleX, scaleY));
        }
        return [.. regions.OrderByDescending(region => region.Peak)];
    }

    private static Region Measure(AnomalyMap map, List<int> pixels, double scaleX, double scaleY)
    {
        ReadOnlySpan<float> values = map.Values.Span;
        int left = int.MaxValue, right = 0, top = int.MaxValue, bottom = 0, peak = pixels[0];
        double sum = 0;
        foreach (int pixel in pixels)
        {
            (int x, int y) = (pixel % map.Width, pixel / map.Width);
            (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
            if (values[pixel] > values[peak]) peak = pixel;
            sum += values[pixel];
        }
        int boxX = (int)Math.Floor(left * scaleX), boxY = (int)Math.Floor(top * scaleY);
        int boxRight = (int)Math.Ceiling((right + 1) * scaleX), boxBottom = (int)Math.Ceiling((bottom + 1) * scaleY);
        Vector2[] outline =
        [
            .. Simplify(Outline(pixels, map.Width)).Select(corner => new Vector2((float)(corner.X * scaleX), (float)(corner.Y * scaleY))),
        ];
        return new Region(
            boxX, boxY, Math.Max(1, boxRight - boxX), Math.Max(1, boxBottom - boxY), pixels.Count * scaleX * scaleY,
            values[peak], (float)(sum / pixels.Count),
            (int)((peak % map.Width + 0.5) * scaleX), (int)((peak / map.Width + 0.5) * scaleY), outline);
    }

    /// <summary>
    /// The outer border, clockwise along the edges of pixels, corners alone. Begins at the top left corner of the first pixel of the top
    /// row.
    /// </summary>
    internal static List<(int X, int Y)> Outline(IReadOnlyCollection<int> pixels, int width)
    {
        var inside = pixels.ToHashSet();
        bool Has(int x, int y) => x >= 0 && x < width && inside.Contains((y * width) + x);
        int first = pixels.Min();
        (int startX, int startY) = (first % width, first / width);
        (int x, int y, int dx, int dy) = (startX, startY, 1, 0);
        List<(int X, int Y)> corners = [];
        do
        {
            corners.Add((x, y));
            do (x, y) = (x + dx, y + dy);
            while (!Has(Ahead(x, dx, dy), Ahead(y, dy, -dx)) && Has(Ahead(x, dx, -dy), Ahead(y, dy, dx)));
            // A pixel ahead on the left, also one that touches by its corner alone, turns the way to the left, else it turns right.
            (dx, dy) = Has(Ahead(x, dx, dy), Ahead(y, dy, -dx)) ? (dy, -dx) : (-dy, dx);
        }
        while ((x, y) != (startX, startY));
        return corners;

        // The pixel before a crossing of edges, in the way's direction and to one side of it.
        static int Ahead(int at, int along, int aside) => at + ((along + aside - 1) / 2);
    }

    /// <summary>Leaves out corners that lie nearer than the tolerance to the line between those that stay (Douglas and Peucker).</summary>
    private static List<(int X, int Y)> Simplify(List<(int X, int Y)> corners)
    {
        if (corners.Count <= 4) return corners;
        // The corner farthest from the first splits the ring into two lines.
        int far = Enumerable.Range(0, corners.Count).MaxBy(i => Square(corners[i].X - corners[0].X) + Square(corners[i].Y - corners[0].Y));
        var keep = new bool[corners.Count + 1];
        keep[0] = keep[far] = true;
        List<(int X, int Y)> ring = [.. corners, corners[0]];
        Keep(ring, 0, far, keep);
        Keep(ring, far, corners.Count, keep);
        List<(int X, int Y)> simple = [.. corners.Where((_, i) => keep[i])];
        return simple.Count >= 3 ? simple : corners;
    }

    private static void Keep(List<(int X, int Y)> line, int from, int to, bool[] keep)
    {
        int farthest = -1;
        double distance = Tolerance;
        for (int i = from + 1; i < to; i++)
        {
            double off = Distance(line[i], line[from], line[to]);
            if (off > distance) (farthest, distance) = (i, off);
        }
        if (farthest < 0) return;
        keep[farthest] = true;
        Keep(line, from, farthest, keep);
        Keep(line, farthest, to, keep);
    }

    private static double Distance((int X, int Y) point, (int X, int Y) start, (int X, int Y) end)
    {
        double dx = end.X - start.X, dy = end.Y - start.Y, length = Math.Sqrt((dx * dx) + (dy * dy));
        return Math.Abs((dx * (point.Y - start.Y)) - (dy * (point.X - start.X))) / length;
    }

    private static double Square(double value) => value * value;
}
