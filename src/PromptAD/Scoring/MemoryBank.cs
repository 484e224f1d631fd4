using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace PromptAD.Scoring;

/// <summary>
/// The patches of the good pictures at each memory layer, each row normalised, (references, width). A query patch is as anomalous as it is
/// far from its nearest reference.
/// </summary>
internal sealed record MemoryBank(IReadOnlyList<float[]> Layers, int Width)
{
    private const int QueriesAtOnce = 4; // one load of a reference serves four queries

    /// <summary>M_v: for each query patch the mean over the layers of min_r (1 - ⟨F, r⟩)/2, in [0, 1].</summary>
    /// <param name="queries">Normalised query patches at each layer, (patches, width).</param>
    public float[] VisualMap(IReadOnlyList<float[]> queries)
    {
        var map = new float[queries[0].Length / Width];
        for (int layer = 0; layer < Layers.Count; layer++)
            TensorPrimitives.MultiplyAdd(Distances(queries[layer], Layers[layer], Width), 1f / Layers.Count, map, map);
        return map;
    }

    /// <summary>
    /// The visual map of the good pictures themselves, each patch compared with all others: how far apart good patches are, (references).
    /// </summary>
    public float[] OwnMap()
    {
        var map = new float[Layers[0].Length / Width];
        foreach (float[] layer in Layers)
            TensorPrimitives.MultiplyAdd(Distances(layer, layer, Width, skipOwn: true), 1f / Layers.Count, map, map);
        return map;
    }

    /// <summary>min_r (1 - ⟨q, r⟩)/2 for each query, clamped to [0, 1] because rounding can take a cosine past 1.</summary>
    /// <param name="queries">Normalised rows, (queries, width).</param>
    /// <param name="references">Normalised rows, (references, width).</param>
    /// <param name="width">The length of a row.</param>
    /// <param name="skipOwn">Whether query i leaves out reference i.</param>
    internal static float[] Distances(float[] queries, float[] references, int width, bool skipOwn = false)
    {
        int count = queries.Length / width;
        var distances = new float[count];
        Parallel.For(0, (count + QueriesAtOnce - 1) / QueriesAtOnce, group =>
        {
            // The last group steps back and repeats some queries instead of being shorter.
            int start = Math.Max(0, Math.Min(group * QueriesAtOnce, count - QueriesAtOnce));
            int length = Math.Min(QueriesAtOnce, count);
            Span<float> maxima = stackalloc float[QueriesAtOnce], dots = stackalloc float[QueriesAtOnce];
            maxima.Fill(-1);
            for (int r = 0; r < references.Length / width; r++)
            {
                Dots(queries.AsSpan(start * width, length * width), references.AsSpan(r * width, width), dots[..length]);
                if (skipOwn && r >= start && r < start + length) dots[r - start] = -1;
                for (int q = 0; q < length; q++) maxima[q] = MathF.Max(maxima[q], dots[q]);
            }
            for (int q = 0; q < length; q++) distances[start + q] = Math.Clamp((1 - maxima[q]) / 2, 0, 1);
        });
        return distances;
    }

    private static void Dots(ReadOnlySpan<float> queries, ReadOnlySpan<float> reference, Span<float> dots)
    {
        int width = reference.Length;
        if (dots.Length < QueriesAtOnce || width % Vector<float>.Count != 0)
        {
            for (int q = 0; q < dots.Length; q++) dots[q] = TensorPrimitives.Dot(queries.Slice(q * width, width), reference);
            return;
        }
        ReadOnlySpan<Vector<float>> r = MemoryMarshal.Cast<float, Vector<float>>(reference);
        ReadOnlySpan<Vector<float>> q0 = Row(queries, 0, width), q1 = Row(queries, 1, width);
        ReadOnlySpan<Vector<float>> q2 = Row(queries, 2, width), q3 = Row(queries, 3, width);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < r.Length; i++)
        {
            s0 = Vector.FusedMultiplyAdd(q0[i], r[i], s0);
            s1 = Vector.FusedMultiplyAdd(q1[i], r[i], s1);
            s2 = Vector.FusedMultiplyAdd(q2[i], r[i], s2);
            s3 = Vector.FusedMultiplyAdd(q3[i], r[i], s3);
        }
        dots[0] = Vector.Sum(s0);
        dots[1] = Vector.Sum(s1);
        dots[2] = Vector.Sum(s2);
        dots[3] = Vector.Sum(s3);
    }

    private static ReadOnlySpan<Vector<float>> Row(ReadOnlySpan<float> queries, int index, int width) =>
        MemoryMarshal.Cast<float, Vector<float>>(queries.Slice(index * width, width));
}
