using PromptAD.Encoders.Dino;

namespace PromptAD.Tests.Encoders.Dino;

public sealed class PositionInterpolationTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(0.1, false)]
    [InlineData(0, true)]
    [InlineData(0.1, true)]
    public void The_same_grid_leaves_the_table_as_it_is(double offset, bool antialias)
    {
        float[] table = Table(cells: 9);
        Assert.Equal(table, new PositionInterpolation(offset, antialias).Resize(table, from: 3, columns: 3, rows: 3));
    }

    [Theory]
    [InlineData(5, 8, 0, false)]
    [InlineData(5, 8, 0.1, false)]
    [InlineData(5, 8, 0.1, true)]
    [InlineData(8, 5, 0, false)]
    [InlineData(8, 5, 0, true)]
    [InlineData(37, 3, 0, true)]
    [InlineData(1, 4, 0, true)]
    [InlineData(4, 1, 0.1, false)]
    public void Agrees_with_the_slow_one_and_keeps_the_class_tokens_place(int from, int to, double offset, bool antialias)
    {
        var interpolation = new PositionInterpolation(offset, antialias);
        float[] table = Table(from * from), resized = interpolation.Resize(table, from, to, to);
        Assert.Equal((1 + (to * to)) * Width, resized.Length);
        Assert.Equal(table[..Width], resized[..Width]);
        for (int cell = 0; cell < to * to; cell++)
        {
            (int[] rows, double[] down) = SlowBicubicPlaces.At(cell / to, from, to, interpolation);
            (int[] columns, double[] across) = SlowBicubicPlaces.At(cell % to, from, to, interpolation);
            for (int i = 0; i < Width; i++)
            {
                double expected = 0;
                foreach ((int y, int row) in rows.Index())
                    foreach ((int x, int column) in columns.Index())
                        expected += down[y] * across[x] * table[((1 + (row * from) + column) * Width) + i];
                Assert.Equal(expected, resized[((1 + cell) * Width) + i], 1e-6);
            }
        }
    }

    // Twice as many cells: a quarter of a cell from the nearest one, whose kernel values can be computed by hand.
    [Theory]
    [InlineData(false, -0.03515625, 0.26171875, 0.87890625, -0.10546875)]
    [InlineData(true, -0.0234375, 0.2265625, 0.8671875, -0.0703125)]
    public void Weighs_four_cells_around_a_new_one(bool antialias, params double[] kernel)
    {
        const int From = 5;
        var table = new float[1 + (From * From)];
        for (int column = 0; column < From; column++)
            for (int row = 0; row < From; row++) table[1 + (row * From) + column] = MathF.Pow(10, column);
        float[] resized = new PositionInterpolation(0, antialias).Resize(table, From, 10, 10);
        // The fifth of ten columns lies at 1.75 of the old ones, and so between the second and the third.
        double expected = kernel.Select((weight, i) => weight * Math.Pow(10, i)).Sum();
        Assert.Equal(expected, resized[1 + (5 * 10) + 4], 1e-3);
    }

    [Fact]
    public void The_published_models_are_resized_as_they_were_published()
    {
        Assert.Equal(new PositionInterpolation(0.1, Antialias: false), PositionInterpolation.Published(registers: 0));
        Assert.Equal(new PositionInterpolation(0, Antialias: true), PositionInterpolation.Published(registers: 4));
    }

    private const int Width = 3;

    private static float[] Table(int cells)
    {
        var random = new Random(cells);
        return [.. Enumerable.Range(0, (1 + cells) * Width).Select(_ => random.NextSingle() - 0.5f)];
    }
}
