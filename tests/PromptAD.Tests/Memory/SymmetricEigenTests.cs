using PromptAD.Memory;

namespace PromptAD.Tests.Memory;

public sealed class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(60)]
    [InlineData(140)]
    public void Values_are_those_of_Jacobis_rotations_and_vectors_fit_them(int width)
    {
        double[] matrix = Random(width, rows: 2 * width);
        SymmetricEigen found = SymmetricEigen.Of([.. matrix], width);
        double[] values = found.Values, expected = SlowJacobi.Values(matrix, width);
        for (int i = 0; i < width; i++) Assert.Equal(expected[i], values[i], 1e-12 * expected[0]);
        Check(matrix, values, found.Vectors(width), width);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(450)] // on all cores
    public void Second_differences_have_the_values_that_are_known(int width)
    {
        var matrix = new double[width * width];
        for (int i = 0; i < width; i++)
        {
            matrix[(i * width) + i] = 2;
            if (i > 0) matrix[(i * width) + i - 1] = matrix[((i - 1) * width) + i] = -1;
        }
        double[] values = SymmetricEigen.Of([.. matrix], width).Values;
        for (int i = 0; i < width; i++)
            Assert.Equal(2 - (2 * Math.Cos(Math.PI * (width - i) / (width + 1))), values[i], 1e-13);
    }

    [Theory]
    [InlineData(40, 7)]
    [InlineData(150, 3)]
    public void Of_few_rows_there_are_as_many_values_and_nothing_more(int width, int rows)
    {
        double[] matrix = Random(width, rows);
        SymmetricEigen found = SymmetricEigen.Of([.. matrix], width);
        Assert.All(found.Values[..rows], value => Assert.True(value > 0.01));
        Assert.All(found.Values[rows..], value => Assert.Equal(0, value, 1e-12));
        Check(matrix, found.Values, found.Vectors(rows), width);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void Nothing_has_no_variance_and_a_diagonal_is_its_own(int width)
    {
        Assert.All(SymmetricEigen.Of(new double[width * width], width).Values, value => Assert.Equal(0, value));
        var diagonal = new double[width * width];
        for (int i = 0; i < width; i++) diagonal[(i * width) + i] = i + 1;
        Assert.Equal(Enumerable.Range(1, width).Reverse().Select(value => (double)value), SymmetricEigen.Of(diagonal, width).Values);
    }

    [Fact]
    public void The_same_matrix_gives_the_same_to_the_bit()
    {
        const int Width = 420; // on all cores, which come in any order
        double[] matrix = [.. Enumerable.Range(0, Width * Width).Select(i => Math.Cos((i % Width) * (i / Width)))];
        SymmetricEigen first = SymmetricEigen.Of([.. matrix], Width), second = SymmetricEigen.Of([.. matrix], Width);
        Assert.Equal(first.Values, second.Values);
        Assert.Equal(first.Vectors(9), second.Vectors(9));
    }

    [Fact]
    public void It_can_be_stopped_and_refuses_what_is_no_number()
    {
        Assert.Throws<OperationCanceledException>(() => SymmetricEigen.Of(new double[9], 3, new CancellationToken(canceled: true)));
        Assert.Equal(Problem.Damaged, Assert.Throws<PromptADException>(() => SymmetricEigen.Of([1, 0, 0, double.NaN], 2)).Problem);
    }

    /// <summary>A·v = λ·v, and all v at right angles and of length 1.</summary>
    private static void Check(double[] matrix, double[] values, double[] vectors, int width)
    {
        int count = vectors.Length / width;
        double At(int vector, int i) => vectors[(vector * width) + i];
        for (int v = 0; v < count; v++)
        {
            for (int i = 0; i < width; i++)
            {
                double product = Enumerable.Range(0, width).Sum(j => matrix[(i * width) + j] * At(v, j));
                Assert.Equal(values[v] * At(v, i), product, 1e-11 * values[0]);
            }
            for (int other = 0; other <= v; other++)
                Assert.Equal(other == v ? 1 : 0, Enumerable.Range(0, width).Sum(i => At(v, i) * At(other, i)), 1e-12);
        }
    }

    /// <summary>The mean of d·dᵀ over random rows d.</summary>
    private static double[] Random(int width, int rows)
    {
        var random = new Random(width + rows);
        double[][] drawn = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width).Select(_ => random.NextDouble() - 0.5).ToArray())];
        var matrix = new double[width * width];
        for (int i = 0; i < matrix.Length; i++) matrix[i] = drawn.Sum(row => row[i / width] * row[i % width]) / rows;
        return matrix;
    }
}
