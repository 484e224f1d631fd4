namespace PromptAD.Memory;

/// <summary>
/// Finds what makes of patches' distances how unlike they are, as against how much a good patch changes when nothing but the camera's view
/// of it does: with Σ the mean of δ·δᵀ over patches and gentle variations, where δ is what a variation adds to a patch, x to
/// L⁻¹·(x - mean) with Σ + shrinkage = L·Lᵀ. Pictures are added one by one and none is kept.
/// </summary>
/// <param name="width">The length of a row.</param>
internal sealed class WhiteningFit(int width)
{
    /// <summary>
    /// The part of the good patches' mean variance that is added to each channel's own: a few variations of a few pictures say little of
    /// most directions. Shrinkage towards the sphere, as usual for covariances from few rows.
    /// </summary>
    private const double Shrinkage = 0.05;

    private const double SmallestVariance = 1e-8; // of a picture without any structure

    private readonly Covariance changes = new(width);
    private readonly double[] sums = new double[width], squares = new double[width]; // of the good pictures' patches
    private long count;

    /// <summary>Adds a good picture's patches at this layer, (patches, width).</summary>
    public void Add(float[] rows)
    {
        for (int start = 0; start < rows.Length; start += width)
        {
            for (int i = 0; i < width; i++)
            {
                double value = rows[start + i];
                sums[i] += value;
                squares[i] += value * value;
            }
        }
        count += rows.Length / width;
    }

    /// <summary>Adds a gentle variation of a picture.</summary>
    /// <param name="rows">The picture's patches, (patches, width).</param>
    /// <param name="changed">The same patches of the variation.</param>
    public void AddVariation(float[] rows, float[] changed) => changes.AddDifferences(rows, changed);

    /// <summary>What was found; needs a picture.</summary>
    /// <param name="cancellation">Stops the factor and its inverse.</param>
    public Whitening Find(CancellationToken cancellation = default)
    {
        double variance = 0;
        for (int i = 0; i < width; i++) variance += ((squares[i] / count) - (sums[i] / count * (sums[i] / count))) / width;
        double[] matrix = changes.InverseFactor(Shrinkage * Math.Max(SmallestVariance, variance), cancellation);
        return new Whitening([.. sums.Select(sum => (float)(sum / count))], Array.ConvertAll(matrix, value => (float)value));
    }
}
