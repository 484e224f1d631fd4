using PromptAD.Memory;

namespace PromptAD.Tests.Scoring;

public sealed class MemoryBankTests
{
    // Around the sizes of vectors, odd ones and those of real backbones' kind.
    public static TheoryData<int, int> WidthsAndQueries =>
        [.. from width in (int[])[1, 3, 7, 8, 13, 16, 24, 33, 64] from queries in Enumerable.Range(1, 9) select (width, queries)];

    [Theory]
    [MemberData(nameof(WidthsAndQueries))]
    public void Distances_agree_with_trying_every_pair(int width, int queries)
    {
        float[] asked = RandomFeatures.Rows(queries, width, seed: queries), references = RandomFeatures.Rows(5, width, seed: 99);
        AssertNear(SlowDistances(asked, references, width, skipOwn: false), MemoryBank.Distances(asked, references, width));
    }

    [Theory]
    [MemberData(nameof(WidthsAndQueries))]
    public void Without_itself_a_reference_is_compared_with_the_others(int width, int count)
    {
        float[] rows = RandomFeatures.Rows(count + 1, width, seed: count);
        AssertNear(SlowDistances(rows, rows, width, skipOwn: true), MemoryBank.Distances(rows, rows, width, skipOwn: true));
    }

    [Theory]
    [InlineData(24)]
    [InlineData(13)]
    [InlineData(896)]
    public void A_reference_itself_is_at_0_and_its_opposite_at_1(int width)
    {
        float[] references = RandomFeatures.Rows(50, width, seed: 1);
        float[] same = MemoryBank.Distances(references, references, width);
        Assert.All(same, distance => Assert.InRange(distance, 0, 1e-6f));
        float[] first = references[..width], opposite = [.. first.Select(value => -value)];
        Assert.Equal(1, Assert.Single(MemoryBank.Distances(opposite, first, width)), 1e-6f);
    }

    [Fact]
    public void Rounding_past_a_cosine_of_1_stays_at_0_and_below_minus_1_at_1()
    {
        float[] tooLong = [1.001f, 0, 0];
        Assert.Equal([0f], MemoryBank.Distances(tooLong, tooLong, 3));
        Assert.Equal([1f], MemoryBank.Distances([-1.001f, 0, 0], tooLong, 3));
    }

    [Fact]
    public void A_value_that_is_not_a_number_is_not_hidden_by_the_clamp() =>
        Assert.True(float.IsNaN(MemoryBank.Distances([float.NaN, 0, 0], [1, 0, 0], 3)[0]));

    [Theory]
    [InlineData(101, 130, 70)] // several blocks, and chunks for several threads, none of them whole
    [InlineData(225, 97, 896)]
    public void Many_rows_agree_with_trying_every_pair(int queries, int known, int width)
    {
        float[] asked = RandomFeatures.Rows(queries, width, seed: 1), references = RandomFeatures.Rows(known, width, seed: 2);
        AssertNear(SlowDistances(asked, references, width, skipOwn: false), MemoryBank.Distances(asked, references, width));
        float[] own = MemoryBank.Distances(references, references, width, skipOwn: true);
        AssertNear(SlowDistances(references, references, width, skipOwn: true), own);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(90, 130)]
    public void Whitening_multiplies_what_is_left_of_the_mean(int rows, int width)
    {
        float[] mean = RandomFeatures.Rows(1, width, seed: 3), matrix = RandomFeatures.Rows(width, width, seed: 4);
        for (int i = 0; i < matrix.Length; i++) matrix[i] = i % width > i / width ? 0 : matrix[i];
        float[] given = RandomFeatures.Rows(rows, width, seed: 5);

        var expected = new double[rows * width];
        for (int i = 0; i < expected.Length; i++)
        {
            for (int k = 0; k < width; k++)
                expected[i] += (double)matrix[(i % width * width) + k] * (given[(i / width * width) + k] - mean[k]);
        }
        AssertNear(expected, new Whitening(mean, matrix).Apply(given));
    }

    [Fact]
    public void The_visual_map_is_the_mean_over_the_layers()
    {
        const int Width = 10;
        float[][] layers = [RandomFeatures.Rows(6, Width, 1), RandomFeatures.Rows(6, Width, 2), RandomFeatures.Rows(6, Width, 3)];
        float[][] queries = [RandomFeatures.Rows(4, Width, 4), RandomFeatures.Rows(4, Width, 5), RandomFeatures.Rows(4, Width, 6)];
        double[][] distances = [.. queries.Zip(layers, (asked, references) => SlowDistances(asked, references, Width, skipOwn: false))];
        double[] mean = [.. Enumerable.Range(0, 4).Select(query => distances.Average(layer => layer[query]))];
        AssertNear(mean, new MemoryBank(layers, Width).VisualMap(queries));
        double[] weighted = [.. Enumerable.Range(0, 4).Select(query => (distances[0][query] + (0.5 * distances[1][query]) + (0.25 * distances[2][query])) / 1.75)];
        AssertNear(weighted, new MemoryBank(layers, Width, weights: [1, 0.5f, 0.25f]).VisualMap(queries));
    }

    private static double[] SlowDistances(float[] queries, float[] references, int width, bool skipOwn)
    {
        var distances = new double[queries.Length / width];
        for (int q = 0; q < distances.Length; q++)
        {
            double nearest = 1;
            for (int r = 0; r < references.Length / width; r++)
            {
                if (skipOwn && r == q) continue;
                double cosine = 0;
                for (int i = 0; i < width; i++) cosine += (double)queries[(q * width) + i] * references[(r * width) + i];
                nearest = Math.Min(nearest, (1 - cosine) / 2);
            }
            distances[q] = Math.Clamp(nearest, 0, 1);
        }
        return distances;
    }

    private static void AssertNear(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6);
    }
}
