using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Files;
using PromptAD.Scoring;

namespace PromptAD.Tests.Scoring;

public sealed class MapStretchTests
{
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 9)]
    [InlineData(2, 5)]
    [InlineData(4, 4)]
    [InlineData(4, 31)]
    [InlineData(15, 64)]
    [InlineData(7, 3)]
    public void Upsampling_agrees_with_the_slow_one(int grid, int size)
    {
        float[] map = Map(grid);
        AssertNear(SlowScoreMaps.Upsample(map, grid, size), new MapStretch(new PatchGrid(grid), size, sigma: 0).Apply(map));
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(17, 2.5)]
    [InlineData(40, 4)]
    [InlineData(5, 4)] // the kernel is wider than the map is, several times over
    [InlineData(1, 4)]
    [InlineData(9, 0.1)]
    public void Smoothing_agrees_with_the_slow_one(int size, double sigma)
    {
        float[] map = Map(size); // as large as the picture: nothing to upsample
        AssertNear(SlowScoreMaps.Smooth(map, size, sigma), new MapStretch(new PatchGrid(size), size, (float)sigma).Apply(map));
    }

    [Theory]
    [InlineData(3, 40, 1.5)]
    [InlineData(15, 64, 4)]
    [InlineData(2, 9, 4)]
    public void Both_agree_with_one_slow_one_after_the_other(int grid, int size, double sigma)
    {
        float[] map = Map(grid), upsampled = [.. SlowScoreMaps.Upsample(map, grid, size).Select(value => (float)value)];
        AssertNear(SlowScoreMaps.Smooth(upsampled, size, sigma), new MapStretch(new PatchGrid(grid), size, (float)sigma).Apply(map));
    }

    [Fact]
    public void A_sigma_of_0_leaves_a_map_of_the_pictures_size_as_it_is()
    {
        float[] map = Map(8);
        Assert.Equal(map, new MapStretch(new PatchGrid(8), 8, sigma: 0).Apply(map));
    }

    [Theory]
    [InlineData(-0.25)]
    [InlineData(0.125)]
    public void Patches_that_lie_beside_their_squares_are_drawn_where_they_lie(double offset)
    {
        float[] map = [0, 1, 0, 0]; // rows (0, 1) and (0, 0): the highest place is the middle of the upper right patch
        const int Size = 160;
        float[] stretched = new MapStretch(new PatchGrid(2, offset), Size, sigma: 0).Apply(map);
        int at = Array.IndexOf(stretched, stretched.Max());
        double middle = (1.5 + offset) * Size / 2; // in pixels; what lies beyond it is as high
        Assert.Equal(middle, at % Size, 1.0);
        Assert.Equal((0.5 + offset) * Size / 2, Enumerable.Range(0, Size).Last(y => stretched[(y * Size) + Size - 1] == stretched.Max()), 1.0);
        Assert.Equal(stretched.Max(), new MapStretch(new PatchGrid(2, offset), Size, sigma: 0).Peak(map));
        Assert.Equal(stretched.Max(), MapStretch.ForPeaks(new PatchGrid(2, offset), Size).Peak(map));
    }

    [Fact]
    public void A_level_map_stays_level()
    {
        float[] map = new MapStretch(new PatchGrid(3), 50, sigma: 4).Apply([.. Enumerable.Repeat(0.3f, 9)]);
        Assert.All(map, value => Assert.Equal(0.3f, value, 1e-6f));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 9)]
    [InlineData(4, 4)]
    [InlineData(4, 31)]
    [InlineData(7, 3)]
    [InlineData(15, 64)]
    [InlineData(15, 400)]
    public void The_peak_is_the_highest_value_of_the_whole_stretched_map(int grid, int size)
    {
        var peaks = MapStretch.ForPeaks(new PatchGrid(grid), size);
        for (int turn = 0; turn < 8; turn++)
        {
            float[] map = Map(grid, turn);
            Assert.Equal(SlowScoreMaps.Upsample(map, grid, size).Max(), peaks.Peak(map), Tolerance);
        }
    }

    [Theory]
    [InlineData(4, 100)]
    [InlineData(14, 400)]
    [InlineData(15, 240)]
    [InlineData(15, 400)]
    public void Agrees_with_the_published_programs_maps(int grid, int size)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "Fixtures", "maps.safetensors"));
        float[] Reference(string part) => file.ReadFloats($"{grid}.{size}.{part}");

        float[] fused = ScoreMaps.Fuse(Reference("textual"), Reference("visual")); // (2, grid, grid)
        AssertNear(Reference("fused"), fused);
        float[] Stretched(float sigma) =>
            [.. fused.Chunk(grid * grid).SelectMany(map => EverySeventh(new MapStretch(new PatchGrid(grid), size, sigma).Apply(map), size))];
        AssertNear(Reference("upsampled"), Stretched(sigma: 0));
        AssertNear(Reference("smoothed"), Stretched(sigma: 4));
    }

    private static IEnumerable<float> EverySeventh(float[] map, int size) => map.Where((_, i) => i / size % 7 == 0 && i % size % 7 == 0);

    private static float[] Map(int size, int turn = 0)
    {
        var map = new float[size * size];
        DeterministicValues.Fill($"map{turn}", map, scale: 0.5f, shift: 0.5f);
        return map;
    }

    private static void AssertNear(float[] expected, float[] actual) => AssertNear([.. expected.Select(value => (double)value)], actual);

    private static void AssertNear(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], Tolerance);
    }
}
