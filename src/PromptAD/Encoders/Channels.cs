using System.Numerics.Tensors;

namespace PromptAD.Encoders;

/// <summary>Rows of feature vectors.</summary>
public static class Channels
{
    /// <summary>Divides every row of <paramref name="channels"/> values by its Euclidean length; a row of zeros stays as it is.</summary>
    /// <exception cref="PromptADException">A value is not a finite number.</exception>
    public static float[] Normalize(ReadOnlySpan<float> rows, int channels)
    {
        var normalized = new float[rows.Length];
        Normalize(rows, channels, normalized);
        return normalized;
    }

    /// <summary>The same into memory of the same length.</summary>
    /// <exception cref="PromptADException">A value is not a finite number.</exception>
    public static void Normalize(ReadOnlySpan<float> rows, int channels, Span<float> normalized)
    {
        for (int start = 0; start < rows.Length; start += channels)
        {
            ReadOnlySpan<float> row = rows.Slice(start, channels);
            float length = TensorPrimitives.Norm(row);
            if (!float.IsFinite(length)) throw NotNumbers();
            TensorPrimitives.Multiply(row, length > 0 ? 1 / length : 0, normalized.Slice(start, channels));
        }
    }

    /// <summary>Some rows of a table, (rows, channels), in the order asked for.</summary>
    internal static float[] Pick(ReadOnlySpan<float> table, IReadOnlyList<int> rows, int channels)
    {
        var picked = new float[rows.Count * channels];
        for (int i = 0; i < rows.Count; i++) table.Slice(rows[i] * channels, channels).CopyTo(picked.AsSpan(i * channels));
        return picked;
    }

    /// <summary>The same rows at each layer.</summary>
    /// <param name="layers">Rows at each layer, (rows, width).</param>
    /// <param name="rows">The rows asked for.</param>
    /// <param name="widths">The length of a row at each layer.</param>
    internal static float[][] Pick(IReadOnlyList<float[]> layers, IReadOnlyList<int> rows, IReadOnlyList<int> widths) =>
        [.. layers.Select((table, layer) => Pick(table, rows, widths[layer]))];

    /// <exception cref="PromptADException">A value is not a finite number.</exception>
    internal static void CheckFinite(ReadOnlySpan<float> values)
    {
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude(values))) throw NotNumbers();
    }

    private static PromptADException NotNumbers() =>
        new(new Diagnostic(Problem.Damaged, "The backbone made values that are not numbers from this picture.")
        {
            Remedy = "Check the backbone's files with {0}.",
            Option = $"{nameof(BackboneStore)}.{nameof(BackboneStore.Check)}",
        });
}
