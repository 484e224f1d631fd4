using PromptAD.Backbones;
using PromptAD.Files;
using PromptAD.Scoring;

namespace PromptAD.Tests.Scoring;

public sealed class ScoreMapsTests
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
        AssertNear(SlowScoreMaps.Upsample(map, grid, size), ScoreMaps.Upsample(map, grid, size));
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
        float[] map = Map(size);
        double[] expected = SlowScoreMaps.Smooth(map, size, sigma);
        ScoreMaps.Smooth(map, size, (float)sigma);
        AssertNear(expected, map);
    }

    [Fact]
    public void A_sigma_of_0_leaves_a_map_as_it_is()
    {
        float[] map = Map(8), before = [.. map];
        ScoreMaps.Smooth(map, 8, sigma: 0);
        Assert.Equal(before, map);
    }

    [Fact]
    public void A_level_map_stays_level()
    {
        float[] map = ScoreMaps.Upsample([.. Enumerable.Repeat(0.3f, 9)], 3, 50);
        ScoreMaps.Smooth(map, 50, sigma: 4);
        Assert.All(map, value => Assert.Equal(0.3f, value, 1e-6f));
    }

    [Theory]
    [InlineData(0.5, 0.5, 0.25)]
    [InlineData(0.2, 0.3, 0.12)]
    [InlineData(1, 1, 0.5)]
    [InlineData(0, 0.5, 0)]
    [InlineData(0.5, 0, 0)]
    [InlineData(0, 0, 0)]
    public void Fusion_is_harmonic_and_0_where_either_is_0(double textual, double visual, double expected)
    {
        Assert.Equal(expected, ScoreMaps.Fuse((float)textual, (float)visual), 1e-7);
        Assert.Equal(expected, Assert.Single(ScoreMaps.Fuse([(float)textual], [(float)visual])), 1e-7);
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
        float[][] maps = [.. fused.Chunk(grid * grid).Select(map => ScoreMaps.Upsample(map, grid, size))];
        AssertNear(Reference("upsampled"), EverySeventh(maps, size));
        foreach (float[] map in maps) ScoreMaps.Smooth(map, size, sigma: 4);
        AssertNear(Reference("smoothed"), EverySeventh(maps, size));
    }

    private static float[] EverySeventh(float[][] maps, int size) =>
        [.. maps.SelectMany(map => map.Where((_, i) => i / size % 7 == 0 && i % size % 7 == 0))];

    private static float[] Map(int size)
    {
        var map = new float[size * size];
        DeterministicCheckpoint.Fill("map", map, scale: 0.5f, shift: 0.5f);
        return map;
    }

    private static void AssertNear(float[] expected, float[] actual) => AssertNear([.. expected.Select(value => (double)value)], actual);

    private static void AssertNear(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], Tolerance);
    }
}
