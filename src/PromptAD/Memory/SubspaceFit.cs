using System.Numerics.Tensors;

namespace PromptAD.Memory;

/// <summary>
/// Finds the plane of good patches from sums of rows and of their products: rows are added part by part and none is kept, so that any
/// number of pictures takes the same room.
/// </summary>
/// <param name="width">The length of a row.</param>
public sealed class SubspaceFit(int width)
{
    /// <summary>What is left of a direction by rounding, as part of the largest variance: such a one is none.</summary>
    private const double Rounding = 1e-10;

    private readonly Covariance products = new(width);
    private readonly double[] sums = new double[width];
    private double weight;

    /// <summary>The length of a row.</summary>
    public int Width => width;

    /// <summary>Adds rows.</summary>
    /// <param name="rows">Rows, (rows, width).</param>
    /// <param name="each">What each of them counts; above 0.</param>
    public void Add(float[] rows, double each = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        products.Add(rows, each);
        for (int start = 0; start < rows.Length; start += width)
            for (int i = 0; i < width; i++) sums[i] += each * rows[start + i];
        weight += each * (rows.Length / width);
    }

    /// <summary>Adds all that another one was given.</summary>
    internal void Add(SubspaceFit other)
    {
        products.Add(other.products);
        TensorPrimitives.Add(sums, other.sums, sums);
        weight += other.weight;
    }

    /// <summary>Whether there is no row to find anything from.</summary>
    internal bool IsEmpty => weight == 0;

    /// <summary>
    /// The plane along the fewest directions that explain so much of the rows' variance. Never more of them than the rows differ in: of n
    /// rows, n - 1.
    /// </summary>
    /// <param name="explained">The part of the variance; above 0, below 1.</param>
    /// <param name="cancellation">Stops within a few rows.</param>
    /// <exception cref="InvalidOperationException">No row was added.</exception>
    public Subspace Find(double explained, CancellationToken cancellation = default) => Find(explained, whitening: null, cancellation);

    /// <summary>The same of the rows as a whitening makes them, which were added as they are.</summary>
    internal Subspace Find(double explained, Whitening? whitening, CancellationToken cancellation = default)
    {
        if (IsEmpty) throw new InvalidOperationException("There is no row to find a subspace from.");
        double[] mean = [.. sums.Select(sum => sum / weight)], spread = Spread(mean);
        if (whitening is not null) (mean, spread) = (Whiten(mean, whitening), Spread(spread, whitening));
        SymmetricEigen eigen = SymmetricEigen.Of(spread, width, cancellation);
        double[] variances = eigen.Values;
        double all = variances.Sum(value => Math.Max(0, value)), sum = 0;
        int count = 0;
        while (count < width && sum < explained * all && variances[count] > Rounding * variances[0]) sum += variances[count++];
        return new Subspace(
            Array.ConvertAll(mean, value => (float)value), Array.ConvertAll(eigen.Vectors(count), value => (float)value));
    }

    /// <summary>The covariance, both triangles of it.</summary>
    private double[] Spread(double[] mean)
    {
        double[] spread = products.Mean();
        for (int row = 0; row < width; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                spread[(row * width) + column] -= mean[row] * mean[column];
                spread[(column * width) + row] = spread[(row * width) + column];
            }
        }
        return spread;
    }

    private double[] Whiten(double[] mean, Whitening whitening)
    {
        double[] centred = [.. mean.Select((value, i) => value - whitening.Mean[i])];
        double[] matrix = Array.ConvertAll(whitening.Matrix, value => (double)value);
        return [.. Enumerable.Range(0, width).Select(row => TensorPrimitives.Dot<double>(matrix.AsSpan(row * width, width), centred))];
    }

    /// <summary>A·S·Aᵀ, with A lower triangular and S symmetric.</summary>
    private double[] Spread(double[] spread, Whitening whitening)
    {
        double[] matrix = Array.ConvertAll(whitening.Matrix, value => (double)value);
        double[] half = new double[spread.Length], whole = new double[spread.Length];
        Parallel.For(0, width, row =>
        {
            ReadOnlySpan<double> own = matrix.AsSpan(row * width, row + 1);
            for (int column = 0; column < width; column++)
                half[(row * width) + column] = TensorPrimitives.Dot(own, spread.AsSpan(column * width, row + 1));
        });
        Parallel.For(0, width, row =>
        {
            for (int column = 0; column <= row; column++)
            {
                double value = TensorPrimitives.Dot<double>(
                    half.AsSpan(row * width, column + 1), matrix.AsSpan(column * width, column + 1));
                whole[(row * width) + column] = whole[(column * width) + row] = value;
            }
        });
        return whole;
    }
}
