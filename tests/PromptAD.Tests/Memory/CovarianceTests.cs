using PromptAD.Memory;

namespace PromptAD.Tests.Memory;

public sealed class CovarianceTests
{
    [Fact]
    public void A_single_channel_is_divided_by_its_deviation()
    {
        var covariance = new Covariance(1);
        covariance.AddDifferences([1, 1], [3, 7]); // 2 and 6: a mean square of 20
        Assert.Equal(1 / Math.Sqrt(25), Assert.Single(covariance.InverseFactor(5)), 1e-15);
    }

    [Fact]
    public void Two_channels_are_as_computed_by_hand()
    {
        // d is (2, 0) and (2, 4), so Σ + 5 is [[9, 4], [4, 13]], and L is [[3, 0], [4/3, √(13 - 16/9)]].
        var covariance = new Covariance(2);
        covariance.AddDifferences([0, 0, 1, 1], [2, 0, 3, 5]);
        double last = Math.Sqrt(13 - (16.0 / 9));
        double[] expected = [1.0 / 3, 0, -(4.0 / 3) / (3 * last), 1 / last];
        double[] found = covariance.InverseFactor(5);
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i], found[i], 1e-15);
    }

    [Fact]
    public void Without_any_row_the_shrinkage_alone_is_left() =>
        Assert.Equal([0.5, 0, 0, 0.5], new Covariance(2).InverseFactor(4));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(5, 3)]
    [InlineData(12, 40)]
    [InlineData(13, 7)]
    [InlineData(70, 33)] // more than a block of columns
    [InlineData(131, 500)]
    public void It_is_what_the_definitions_give(int width, int rows)
    {
        const double shrinkage = 0.01;
        var random = new Random(width);
        float[] Draw() => [.. Enumerable.Range(0, rows * width).Select(_ => (float)((random.NextDouble() * 4) - 1))];
        (float[] Rows, float[] Changed)[] pictures = [(Draw(), Draw()), (Draw(), Draw())];
        var covariance = new Covariance(width);
        foreach ((float[] one, float[] other) in pictures) covariance.AddDifferences(one, other);
        double[,] sigma = Mean(pictures, width);
        for (int i = 0; i < width; i++) sigma[i, i] += shrinkage;
        double[,] expected = Inverse(Factor(sigma));
        double[] found = covariance.InverseFactor(shrinkage);
        double largest = expected.Cast<double>().Max(Math.Abs);
        for (int i = 0; i < width; i++)
            for (int j = 0; j < width; j++) Assert.Equal(expected[i, j], found[(i * width) + j], 1e-11 * largest);
    }

    [Fact]
    public void It_can_be_stopped()
    {
        var covariance = new Covariance(200);
        covariance.AddDifferences(new float[200], new float[200]);
        Assert.Throws<OperationCanceledException>(() => covariance.InverseFactor(1, new CancellationToken(canceled: true)));
    }

    /// <summary>The mean of d·dᵀ, value by value.</summary>
    private static double[,] Mean((float[] Rows, float[] Changed)[] pictures, int width)
    {
        var sum = new double[width, width];
        int count = pictures.Sum(picture => picture.Rows.Length / width);
        foreach ((float[] rows, float[] changed) in pictures)
        {
            for (int start = 0; start < rows.Length; start += width)
            {
                double D(int i) => changed[start + i] - (double)rows[start + i];
                for (int i = 0; i < width; i++)
                    for (int j = 0; j < width; j++) sum[i, j] += D(i) * D(j) / count;
            }
        }
        return sum;
    }

    /// <summary>Cholesky's factor, row by row.</summary>
    private static double[,] Factor(double[,] matrix)
    {
        int width = matrix.GetLength(0);
        var factor = new double[width, width];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double rest = matrix[i, j] - Enumerable.Range(0, j).Sum(k => factor[i, k] * factor[j, k]);
                factor[i, j] = i == j ? Math.Sqrt(rest) : rest / factor[j, j];
            }
        }
        return factor;
    }

    /// <summary>The inverse of a lower triangular matrix, column by column.</summary>
    private static double[,] Inverse(double[,] factor)
    {
        int width = factor.GetLength(0);
        var inverse = new double[width, width];
        for (int column = 0; column < width; column++)
        {
            for (int i = column; i < width; i++)
            {
                double known = Enumerable.Range(column, i - column).Sum(k => factor[i, k] * inverse[k, column]);
                inverse[i, column] = ((i == column ? 1 : 0) - known) / factor[i, i];
            }
        }
        return inverse;
    }
}
