using System.Buffers;
using System.Numerics.Tensors;

namespace PromptAD.Memory;

/// <summary>
/// Where good patches lie: the plane through their mean along which they vary. A patch is as anomalous as it is far from that plane.
/// </summary>
/// <param name="Mean">m, (width).</param>
/// <param name="Components">C, orthogonal directions of length 1, (components, width), row-major; empty where the plane is a point.</param>
public sealed record Subspace(float[] Mean, float[] Components)
{
    /// <summary>The number of directions.</summary>
    public int Count => Components.Length / Mean.Length;

    /// <summary>The squared residual |x - m|² - |C·(x - m)|² of each row, at least 0, (rows).</summary>
    /// <param name="rows">Rows as those were that the plane was found from, (rows, width).</param>
    /// <param name="cancellation">Stops within a few rows.</param>
    public float[] Residuals(ReadOnlySpan<float> rows, CancellationToken cancellation = default)
    {
        int width = Mean.Length, count = rows.Length / width, directions = Count;
        var residuals = new float[count];
        float[] centred = ArrayPool<float>.Shared.Rent(rows.Length), along = ArrayPool<float>.Shared.Rent(count * Math.Max(1, directions));
        try
        {
            for (int row = 0; row < count; row++)
                TensorPrimitives.Subtract(rows.Slice(row * width, width), Mean, centred.AsSpan(row * width, width));
            if (directions > 0) RowProducts.Run(centred, count, Components, width, new RowProducts.Keep(along, directions), cancellation);
            for (int row = 0; row < count; row++)
            {
                float all = TensorPrimitives.SumOfSquares<float>(centred.AsSpan(row * width, width));
                float known = directions > 0 ? TensorPrimitives.SumOfSquares<float>(along.AsSpan(row * directions, directions)) : 0;
                residuals[row] = MathF.Max(0, all - known);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(centred);
            ArrayPool<float>.Shared.Return(along);
        }
        return residuals;
    }
}
