using System.Numerics.Tensors;

namespace PromptAD.Scoring;

/// <summary>
/// Decorrelates the channels of patch features: x becomes A·(x - mean). Straight distances between such rows are Mahalanobis distances
/// between the old ones.
/// </summary>
/// <param name="Mean">What is subtracted, (width).</param>
/// <param name="Matrix">A, lower triangular, (width, width), row-major.</param>
internal sealed record Whitening(float[] Mean, float[] Matrix)
{
    /// <summary>Transforms rows, (rows, width), into new ones.</summary>
    public float[] Apply(float[] rows)
    {
        int width = Mean.Length;
        var result = new float[rows.Length];
        Parallel.For(0, rows.Length / width, row =>
        {
            var centred = new float[width];
            TensorPrimitives.Subtract(rows.AsSpan(row * width, width), Mean, centred);
            for (int j = 0; j < width; j++)
                result[(row * width) + j] = TensorPrimitives.Dot(Matrix.AsSpan(j * width, j + 1), centred.AsSpan(0, j + 1));
        });
        return result;
    }
}
