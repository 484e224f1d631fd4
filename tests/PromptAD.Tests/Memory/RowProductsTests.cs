using PromptAD.Memory;

namespace PromptAD.Tests.Memory;

public sealed class RowProductsTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 1, 7, 3 }, { 3, 2, 5 }, { 31, 8, 16 }, { 32, 6, 1 }, { 33, 9, 128 }, { 65, 13, 24 }, { 225, 100, 40 }, { 700, 50, 300 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_product_is_that_of_its_rows(int count, int rows, int width)
    {
        float[] a = Values(count * width, seed: 1), b = Values(rows * width, seed: 2);
        foreach (RowTile tile in Tiles)
        {
            var products = new float[count * rows];
            Array.Fill(products, float.NaN);
            RowProducts.Run(tile, a, count, b, width, new RowProducts.Keep(products, rows));

            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < rows; j++)
                {
                    double expected = 0;
                    for (int k = 0; k < width; k++) expected += (double)a[(i * width) + k] * b[(j * width) + k];
                    Assert.Equal(expected, products[(i * rows) + j], 1e-6 * width);
                }
            }
        }
    }

    [Fact]
    public void Products_are_the_same_whatever_the_vectors_width()
    {
        Assert.SkipWhen(RowTile.Wide is null, "This processor has one kind of vectors.");
        const int Count = 70, Rows = 21, Width = 130;
        float[] a = Values(Count * Width, seed: 1), b = Values(Rows * Width, seed: 2);
        float[] wide = new float[Count * Rows], usual = new float[Count * Rows];

        RowProducts.Run(RowTile.Wide!, a, Count, b, Width, new RowProducts.Keep(wide, Rows));
        RowProducts.Run(RowTile.Usual, a, Count, b, Width, new RowProducts.Keep(usual, Rows));

        Assert.Equal(usual, wide);
    }

    [Fact]
    public void What_lies_behind_the_rows_is_not_read()
    {
        float[] a = [.. Values(5 * 4, seed: 1), float.NaN, float.NaN], b = Values(9 * 4, seed: 2);
        var products = new float[5 * 9];

        RowProducts.Run(a, 5, b, 4, new RowProducts.Keep(products, 9));

        Assert.All(products, product => Assert.True(float.IsFinite(product)));
    }

    [Fact]
    public void A_cancelled_run_says_so() => Assert.ThrowsAny<OperationCanceledException>(() =>
        RowProducts.Run(Values(8, 1), 2, Values(8, 2), 4, new RowProducts.Keep(new float[4], 2), new CancellationToken(canceled: true)));

    private static IEnumerable<RowTile> Tiles => RowTile.Wide is { } wide ? [wide, RowTile.Usual] : [RowTile.Usual];

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
