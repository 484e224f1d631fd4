using CsCheck;
using PromptAD.Decisions;

namespace PromptAD.Tests.Decisions;

public sealed class RegionFinderTests
{
    [Fact]
    public void A_rectangle_is_told_in_the_pictures_pixels()
    {
        // A map of 8 x 4 over a picture of 80 x 20: a map pixel is 10 x 5.
        float[] values = new float[32];
        foreach (int i in (int[])[10, 11, 12, 18, 19, 20]) values[i] = 0.6f; // columns 2 to 4, rows 1 and 2
        values[19] = 0.9f;
        Region region = Assert.Single(RegionFinder.Find(new AnomalyMap(8, 4, values), 0.5f, 0, 80, 20));
        Assert.Equal((20, 5, 30, 10), (region.X, region.Y, region.Width, region.Height));
        Assert.Equal(6 * 50, region.Area);
        Assert.Equal((0.9f, 0.65f), (region.Peak, MathF.Round(region.Mean, 4)));
        Assert.Equal((35, 12), (region.PeakX, region.PeakY));
        Assert.Equal([new(20, 5), new(50, 5), new(50, 15), new(20, 15)], region.Outline);
    }

    [Fact]
    public void Regions_come_by_their_peak_and_small_ones_are_left_out()
    {
        float[] values = [0.6f, 0, 0, 0.8f, 0.7f, 0, 0, 0, 0, 0, 0, 0, 0.9f, 0, 0, 0];
        var map = new AnomalyMap(4, 4, values);
        Assert.Equal([0.9f, 0.8f, 0.7f], RegionFinder.Find(map, 0.5f, 0, 4, 4).Select(region => region.Peak));
        Assert.Equal([0.7f], RegionFinder.Find(map, 0.5f, 2, 4, 4).Select(region => region.Peak));
        Assert.Empty(RegionFinder.Find(map, 0.9f, 0, 4, 4)); // at the limit is not above it
    }

    [Fact]
    public void Pixels_that_touch_by_a_corner_are_one_region_with_one_outline()
    {
        float[] values = [1, 0, 0, 1];
        Region region = Assert.Single(RegionFinder.Find(new AnomalyMap(2, 2, values), 0.5f, 0, 2, 2));
        Assert.Equal([(0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (1, 2), (1, 1), (0, 1)], RegionFinder.Outline([0, 3], 2));
        Assert.Equal((0, 0, 2, 2), (region.X, region.Y, region.Width, region.Height));
    }

    [Fact]
    public void An_outline_goes_once_around_and_encloses_the_region_and_its_holes()
    {
        Gen.Bool.Array[36].Sample(cells =>
        {
            float[] values = [.. cells.Select(cell => cell ? 1f : 0f)];
            var open = cells.ToArray();
            if (!cells.Contains(true)) return;
            List<int> pixels = PromptAD.Imaging.ConnectedPixels.Close(open, 6, 6, Array.IndexOf(cells, true));
            List<(int X, int Y)> outline = RegionFinder.Outline(pixels, 6);
            for (int place = 0; place < 36; place++)
                Assert.Equal(IsEnclosed(pixels, place), Winding(outline, (place % 6) + 0.5, (place / 6) + 0.5) != 0);
            Assert.All(outline.Zip([.. outline[1..], outline[0]]), edge =>
                Assert.True((edge.First.X == edge.Second.X) != (edge.First.Y == edge.Second.Y)));
        });
    }

    /// <summary>The slow way: not reachable from outside by steps over edges without crossing the region.</summary>
    private static bool IsEnclosed(List<int> pixels, int place)
    {
        var seen = new HashSet<(int, int)>();
        var next = new Stack<(int X, int Y)>([(place % 6, place / 6)]);
        if (pixels.Contains(place)) return true;
        while (next.TryPop(out (int X, int Y) at))
        {
            if (at.X is < 0 or > 5 || at.Y is < 0 or > 5) return false;
            if (pixels.Contains((at.Y * 6) + at.X) || !seen.Add(at)) continue;
            foreach ((int dx, int dy) in ((int, int)[])[(1, 0), (-1, 0), (0, 1), (0, -1)]) next.Push((at.X + dx, at.Y + dy));
        }
        return true;
    }

    private static int Winding(List<(int X, int Y)> outline, double x, double y)
    {
        int winding = 0;
        foreach (((int X, int Y) from, (int X, int Y) to) in outline.Zip([.. outline[1..], outline[0]]))
        {
            if (from.X != to.X || from.X < x) continue; // upright edges on the right
            if (from.Y < y && to.Y > y) winding++;
            if (from.Y > y && to.Y < y) winding--;
        }
        return winding;
    }
}
