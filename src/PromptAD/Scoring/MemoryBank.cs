using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace PromptAD.Scoring;

/// <summary>
/// The patches of the good pictures at each memory layer. A query patch is as anomalous as it is far from its nearest reference.
/// </summary>
/// <param name="Layers">Rows at each layer, (references, width): of length 1, or whitened.</param>
/// <param name="Width">The length of a row.</param>
/// <param name="Whitenings">How each layer's rows were whitened; null where they were not.</param>
internal sealed record MemoryBank(IReadOnlyList<float[]> Layers, int Width, IReadOnlyList<Whitening>? Whitenings = null)
{
    private const int QueriesAtOnce = 4; // one load of a reference serves four queries

    /// <summary>
    /// M_v, in [0, 1]: for each query patch the mean over the layers of min_r (1 - ⟨F, r⟩)/2. Whitened rows have any length, so there it is
    /// d/(d + √(2·width)) with d = min_r |F - r|, where √(2·width) is how far apart unrelated rows are.
    /// </summary>
    /// <param name="queries">Normalised query patches at each layer, (patches, width).</param>
    public float[] VisualMap(IReadOnlyList<float[]> queries) => Mean(
        layer => Distances(Whitenings is null ? queries[layer] : Whitenings[layer].Apply(queries[layer]), Layers[layer]));

    /// <summary>
    /// The visual map of good pictures themselves, each patch compared with all others of them: how far apart good patches are, (patches).
    /// </summary>
    /// <param name="patches">How many patches, counted from the first; moved copies of them, which come last, would say 0.</param>
    public float[] OwnMap(int patches) => Mean(layer =>
    {
        float[] rows = Layers[layer][..(patches * Width)];
        return Distances(rows, rows, skipOwn: true);
    });

    /// <summary>min_r (1 - ⟨q, r⟩)/2 for each query, clamped to [0, 1] because rounding can take a cosine past 1.</summary>
    /// <param name="queries">Normalised rows, (queries, width).</param>
    /// <param name="references">Normalised rows, (references, width).</param>
    /// <param name="width">The length of a row.</param>
    /// <param name="skipOwn">Whether query i leaves out reference i.</param>
    internal static float[] Distances(float[] queries, float[] references, int width, bool skipOwn = false) =>
        new MemoryBank([references], width).Distances(queries, references, skipOwn);

    private float[] Mean(Func<int, float[]> distances)
    {
        float[] map = distances(0);
        for (int layer = 1; layer < Layers.Count; layer++) TensorPrimitives.Add(map, distances(layer), map);
        TensorPrimitives.Divide(map, Layers.Count, map);
        return map;
    }

    private float[] Distances(float[] queries, float[] references, bool skipOwn = false)
    {
        float far = MathF.Sqrt(2 * Width);
        if (Whitenings is null)
            return Nearest(queries, references, null, skipOwn, (_, product) => Math.Clamp((1 - product) / 2, 0, 1));
        return Nearest(queries, references, HalfSquares(references), skipOwn, (query, product) =>
        {
            float distance = MathF.Sqrt(MathF.Max(0, TensorPrimitives.SumOfSquares<float>(query) - (2 * product)));
            return 1 - (far / (distance + far));
        });
    }

    /// <summary>
    /// For each query the measure of max_r ⟨q, r⟩, or with halves of the references' squares of max_r (⟨q, r⟩ - |r|²/2), which belongs to
    /// the least |q - r|² = |q|² - 2·(⟨q, r⟩ - |r|²/2).
    /// </summary>
    private float[] Nearest(
        float[] queries, float[] references, float[]? halfSquares, bool skipOwn, Func<ReadOnlySpan<float>, float, float> measure)
    {
        int count = queries.Length / Width, known = references.Length / Width;
        var distances = new float[count];
        Parallel.For(0, (count + QueriesAtOnce - 1) / QueriesAtOnce, group =>
        {
            // The last group steps back and repeats some queries instead of being shorter.
            int start = Math.Max(0, Math.Min(group * QueriesAtOnce, count - QueriesAtOnce));
            int length = Math.Min(QueriesAtOnce, count);
            Span<float> maxima = stackalloc float[QueriesAtOnce], dots = stackalloc float[QueriesAtOnce];
            maxima.Fill(halfSquares is null ? -1 : float.MinValue);
            for (int r = 0; r < known; r++)
            {
                Dots(queries.AsSpan(start * Width, length * Width), references.AsSpan(r * Width, Width), dots[..length]);
                if (skipOwn && r >= start && r < start + length) dots[r - start] = float.MinValue;
                float half = halfSquares?[r] ?? 0;
                for (int q = 0; q < length; q++) maxima[q] = MathF.Max(maxima[q], dots[q] - half);
            }
            for (int q = 0; q < length; q++) distances[start + q] = measure(queries.AsSpan((start + q) * Width, Width), maxima[q]);
        });
        return distances;
    }

    private float[] HalfSquares(float[] rows) // (rows)
    {
        var halves = new float[rows.Length / Width];
        for (int row = 0; row < halves.Length; row++)
            halves[row] = TensorPrimitives.SumOfSquares<float>(rows.AsSpan(row * Width, Width)) / 2;
        return halves;
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
