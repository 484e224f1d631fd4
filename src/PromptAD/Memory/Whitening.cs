using System.Buffers;
using System.Numerics.Tensors;

namespace PromptAD.Memory;

/// <summary>
/// Decorrelates the channels of patch features: x becomes A·(x - mean). Straight distances between such rows are Mahalanobis distances
/// between the old ones.
/// </summary>
/// <param name="Mean">What is subtracted, (width).</param>
/// <param name="Matrix">A, lower triangular, (width, width), row-major.</param>
public sealed record Whitening(float[] Mean, float[] Matrix)
{
    /// <summary>Transforms rows, (rows, width), into new ones.</summary>
    public float[] Apply(float[] rows, CancellationToken cancellation = default)
    {
        var result = new float[rows.Length];
        Apply(rows, result, cancellation);
        return result;
    }

    /// <summary>Transforms rows into the beginning of an array that has room for them.</summary>
    public void Apply(float[] rows, float[] result, CancellationToken cancellation = default)
    {
        int width = Mean.Length, count = rows.Length / width;
        float[] centred = ArrayPool<float>.Shared.Rent(rows.Length);
        try
        {
            for (int start = 0; start < rows.Length; start += width)
            {
                cancellation.ThrowIfCancellationRequested();
                TensorPrimitives.Subtract(rows.AsSpan(start, width), Mean, centred.AsSpan(start, width));
            }
            RowProducts.Run(centred, count, Matrix, width, new RowProducts.Keep(result, width), cancellation);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(centred);
        }
    }
}
