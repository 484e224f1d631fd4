using System.Numerics.Tensors;
using PromptAD.Memory;

namespace PromptAD.Tests.Scoring;

public sealed class GreedyCoresetTests
{
    private const int Width = 8;

    [Theory]
    [InlineData(50, 1, 20)]
    [InlineData(50, 7, 50)]
    [InlineData(5000, 3, 9)] // by several threads
    public void Chooses_as_the_plain_definition_does(int rows, int kept, int count)
    {
        float[] table = RandomFeatures.Rows(rows, Width, seed: rows);
        Assert.Equal(Slow(table, kept, count), GreedyCoreset.Choose(table, Width, kept, count));
    }

    [Fact]
    public void Copies_are_not_chosen_and_nothing_is_chosen_twice()
    {
        float[] few = RandomFeatures.Rows(5, Width, seed: 1);
        float[] table = [.. few, .. few, .. few];
        Assert.Equal([1, 2, 3, 4], GreedyCoreset.Choose(table, Width, kept: 1, count: 15).Order());
        Assert.Empty(GreedyCoreset.Choose(table, Width, kept: 5, count: 15));
        Assert.Empty(GreedyCoreset.Choose(few, Width, kept: 5, count: 5));
        Assert.Empty(GreedyCoreset.Choose(table, Width, kept: 2, count: 2));
    }

    [Fact]
    public void Of_equally_far_rows_the_first_is_chosen_whatever_the_number_of_threads()
    {
        var table = new float[4000 * Width]; // all at 0 but two at the same distance
        (table[900 * Width], table[3900 * Width]) = (1, -1);
        Assert.Equal([900], GreedyCoreset.Choose(table, Width, kept: 1, count: 2));
    }

    [Fact]
    public void Long_rows_are_shortened_so_that_distances_stay_in_proportion()
    {
        const int Long = 600, Rows = 40;
        float[] table = RandomFeatures.Rows(Rows, Long, seed: 3);
        (float[] shortened, int width) = GreedyCoreset.Shorten(table, Long);
        Assert.Equal((128, Rows * 128), (width, shortened.Length));
        float[] ratios = [.. from a in Enumerable.Range(0, Rows) from b in Enumerable.Range(0, a) select Distance(shortened, width, a, b) / Distance(table, Long, a, b)];
        Assert.InRange(ratios.Max() / ratios.Min(), 1, 2);
        Assert.Equal(shortened, GreedyCoreset.Shorten(table, Long).Rows);
        Assert.Same(table, GreedyCoreset.Shorten(table, 128).Rows);
    }

    /// <summary>All distances to all chosen rows anew in every step.</summary>
    private static int[] Slow(float[] table, int kept, int count)
    {
        int rows = table.Length / Width;
        List<int> chosen = [.. Enumerable.Range(0, kept)];
        while (chosen.Count < Math.Min(count, rows))
            chosen.Add(Enumerable.Range(kept, rows - kept).MaxBy(row => chosen.Min(centre => Distance(table, Width, row, centre))));
        return [.. chosen.Skip(kept)];
    }

    private static float Distance(float[] table, int width, int a, int b) =>
        TensorPrimitives.Distance<float>(table.AsSpan(a * width, width), table.AsSpan(b * width, width));
}
