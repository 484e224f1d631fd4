using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>
/// The patches of the good pictures at each memory layer, or the planes that they lie in. A query patch is as anomalous as it is far from
/// the nearest point of both.
/// </summary>
public sealed class MemoryBank
{
    private readonly Lazy<float[][]> halfSquares; // |r|²/2 of each layer's whitened rows, made when they are first needed

    /// <param name="layers">Rows at each layer, (references, width): of length 1, or whitened, which keeps their lengths apart.</param>
    /// <param name="widths">The length of a row at each layer.</param>
    /// <param name="whitenings">How each layer's rows were whitened; null where they were not.</param>
    /// <param name="weights">What each layer counts in the mean over the layers; null for all alike.</param>
    public MemoryBank(
        IReadOnlyList<float[]> layers,
        IReadOnlyList<int> widths,
        IReadOnlyList<Whitening>? whitenings = null,
        IReadOnlyList<float>? weights = null)
    {
        (Layers, Widths, Whitenings, Weights) = (layers, widths, whitenings, weights);
        halfSquares = new Lazy<float[][]>(() => [.. layers.Select((rows, layer) => HalfSquares(rows, widths[layer]))]);
    }

    /// <summary>A bank whose layers are all as wide.</summary>
    public MemoryBank(
        IReadOnlyList<float[]> layers, int width, IReadOnlyList<Whitening>? whitenings = null, IReadOnlyList<float>? weights = null)
        : this(layers, [.. layers.Select(_ => width)], whitenings, weights)
    {
    }

    /// <summary>Rows at each layer, (references, width).</summary>
    public IReadOnlyList<float[]> Layers { get; }

    /// <summary>The length of a row at each layer.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>How each layer's rows were whitened; null where they were not.</summary>
    public IReadOnlyList<Whitening>? Whitenings { get; }

    /// <summary>What each layer counts in the mean over the layers; null for all alike.</summary>
    public IReadOnlyList<float>? Weights { get; }

    /// <summary>
    /// The plane of each layer's good patches, normalised or whitened as rows are; null for a memory of rows alone. Rows beside it are what
    /// feedback has taught.
    /// </summary>
    public IReadOnlyList<Subspace>? Subspaces { get; private init; }

    /// <summary>The number of remembered patches, which each layer has a row of.</summary>
    public int Rows => Layers[0].Length / Widths[0];

    /// <summary>
    /// M_v, in [0, 1]: for each query patch F, brought to length 1, the mean over the layers of min_r (1 - ⟨F, r⟩)/2. Where rows are
    /// whitened, F is too, with its length, and it is d/(d + √(2·width)) with d = min_r |F - r|. Of rows of length 1, (1 - ⟨F, r⟩)/2 is
    /// |F - r|²/4; both hold for the nearest point r of a plane alike.
    /// </summary>
    /// <param name="queries">Query patches at each layer, (patches, width).</param>
    /// <param name="cancellation">Stops the look-up.</param>
    public float[] VisualMap(IReadOnlyList<float[]> queries, CancellationToken cancellation = default) =>
        Mean(layer => LayerMap(layer, queries[layer], cancellation));

    /// <summary>What a layer alone says, (patches).</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="queries">Query patches there, (patches, width).</param>
    /// <param name="cancellation">Stops the look-up.</param>
    public float[] LayerMap(int layer, float[] queries, CancellationToken cancellation = default)
    {
        if (Subspaces is not null) return PlaneMap(layer, queries, cancellation);
        if (Whitenings is null) return Distances(queries, queries.Length, Layers[layer], layer, skipOwn: false, cancellation);
        float[] whitened = ArrayPool<float>.Shared.Rent(queries.Length);
        try
        {
            Whitenings[layer].Apply(queries, whitened, cancellation);
            return Distances(whitened, queries.Length, Layers[layer], layer, skipOwn: false, cancellation);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(whitened);
        }
    }

    /// <summary>How far queries are from the layer's plane, or from a row beside it that is nearer, (patches).</summary>
    private float[] PlaneMap(int layer, float[] queries, CancellationToken cancellation)
    {
        float[] rows = Whitenings?[layer].Apply(queries, cancellation) ?? Channels.Normalize(queries, Widths[layer]);
        float[] map = Subspaces![layer].Residuals(rows, cancellation);
        float far = MathF.Sqrt(2 * Widths[layer]);
        for (int i = 0; i < map.Length; i++)
            map[i] = Whitenings is null ? Math.Clamp(map[i] / 4, 0, 1) : 1 - (far / (MathF.Sqrt(map[i]) + far));
        if (Rows == 0) return map;
        TensorPrimitives.Min(map, Distances(rows, rows.Length, Layers[layer], layer, skipOwn: false, cancellation), map);
        return map;
    }

    /// <summary>The mean of the layers' maps, each with its weight, (patches).</summary>
    internal float[] MeanOf(IReadOnlyList<float[]> maps) => Mean(layer => [.. maps[layer]]);

    /// <summary>A memory of planes alone.</summary>
    /// <param name="subspaces">The plane of each layer.</param>
    /// <param name="whitenings">How each layer's rows are whitened; null where directions alone are compared.</param>
    /// <param name="weights">What each layer counts; null for all alike.</param>
    internal static MemoryBank Of(
        IReadOnlyList<Subspace> subspaces, IReadOnlyList<Whitening>? whitenings, IReadOnlyList<float>? weights) =>
        new([.. subspaces.Select(_ => Array.Empty<float>())], [.. subspaces.Select(one => one.Mean.Length)], whitenings, weights)
        {
            Subspaces = subspaces,
        };

    /// <summary>A memory of some patches alone, read as this one is.</summary>
    /// <param name="patches">Patches at each layer, (patches, width), as the encoder made them; asked for one after the other.</param>
    /// <param name="cancellation">Stops the whitening.</param>
    internal MemoryBank Of(IEnumerable<float[]> patches, CancellationToken cancellation = default)
    {
        float[] Row(float[] rows, int layer)
        {
            cancellation.ThrowIfCancellationRequested();
            return Whitenings?[layer].Apply(rows, cancellation) ?? Channels.Normalize(rows, Widths[layer]);
        }
        return new([.. patches.Select(Row)], Widths, Whitenings, Weights);
    }

    /// <summary>This memory with another's rows after its own.</summary>
    internal MemoryBank With(MemoryBank more) =>
        Holding([.. Layers.Select((rows, layer) => (float[])[.. rows, .. more.Layers[layer]])]);

    /// <summary>This memory without its last rows.</summary>
    internal MemoryBank Without(int last) =>
        Holding([.. Layers.Select((rows, layer) => rows[..^(last * Widths[layer])])]);

    /// <summary>Some rows of this memory alone.</summary>
    internal MemoryBank Pick(IReadOnlyList<int> rows) => Holding(Channels.Pick(Layers, rows, Widths));

    private MemoryBank Holding(IReadOnlyList<float[]> layers) => new(layers, Widths, Whitenings, Weights) { Subspaces = Subspaces };

    /// <summary>
    /// The visual map of good pictures themselves, each patch compared with all others of them: how far apart good patches are, (patches).
    /// </summary>
    /// <param name="patches">How many patches, counted from the first; moved copies of them, which come last, would say 0.</param>
    /// <param name="cancellation">Stops the comparison, which grows with the square of the patches.</param>
    internal float[] OwnMap(int patches, CancellationToken cancellation = default) => Mean(layer =>
    {
        float[] rows = Layers[layer][..(patches * Widths[layer])];
        return Distances(rows, rows.Length, rows, layer, skipOwn: true, cancellation);
    });

    /// <summary>
    /// min_r (1 - ⟨q, r⟩/|q|)/2 for each query, clamped to [0, 1] because rounding can take a cosine past 1. A query of zeros is at 1/2.
    /// </summary>
    /// <param name="queries">Rows, (queries, width).</param>
    /// <param name="references">Normalised rows, (references, width).</param>
    /// <param name="width">The length of a row.</param>
    /// <param name="skipOwn">Whether query i leaves out reference i.</param>
    internal static float[] Distances(float[] queries, float[] references, int width, bool skipOwn = false) =>
        new MemoryBank([references], width).Distances(queries, queries.Length, references, 0, skipOwn, CancellationToken.None);

    /// <summary>What a layer counts in the mean over the layers.</summary>
    internal float WeightOf(int layer) => WeightOf(layer, Weights);

    private static float WeightOf(int layer, IReadOnlyList<float>? weights) => weights?[layer] ?? 1;

    private float[] Mean(Func<int, float[]> distances) => Mean(Layers.Count, distances, Weights);

    /// <summary>The mean of what each layer says, with the layers' weights, (patches).</summary>
    /// <param name="layers">How many layers there are.</param>
    /// <param name="distances">What a layer says, in an array of its own, (patches).</param>
    /// <param name="weights">What each layer counts; null for all alike.</param>
    public static float[] Mean(int layers, Func<int, float[]> distances, IReadOnlyList<float>? weights)
    {
        float[] map = distances(0);
        TensorPrimitives.Multiply(map, WeightOf(0, weights), map);
        for (int layer = 1; layer < layers; layer++) TensorPrimitives.MultiplyAdd(distances(layer), WeightOf(layer, weights), map, map);
        TensorPrimitives.Divide(map, weights?.Sum() ?? layers, map);
        return map;
    }

    private float[] Distances(
        float[] queries, int length, float[] references, int layer, bool skipOwn, CancellationToken cancellation)
    {
        int width = Widths[layer];
        var distances = new float[length / width]; // max_r ⟨q, r⟩ at first, or max_r (⟨q, r⟩ - |r|²/2)
        float[]? halves = Whitenings is null ? null : halfSquares.Value[layer];
        distances.AsSpan().Fill(float.MinValue);
        RowProducts.Run(queries, distances.Length, references, width, new Maxima(distances, halves, skipOwn), cancellation);
        float far = MathF.Sqrt(2 * width);
        for (int q = 0; q < distances.Length; q++)
        {
            float own = TensorPrimitives.SumOfSquares<float>(queries.AsSpan(q * width, width));
            if (halves is null)
            {
                distances[q] = Math.Clamp((1 - (distances[q] / (own == 0 ? 1 : MathF.Sqrt(own)))) / 2, 0, 1);
                continue;
            }
            // |q - r|² = |q|² - 2·(⟨q, r⟩ - |r|²/2)
            float square = own - (2 * distances[q]);
            distances[q] = 1 - (far / (MathF.Sqrt(MathF.Max(0, square)) + far));
        }
        return distances;
    }

    private static float[] HalfSquares(float[] rows, int width) // (rows)
    {
        var halves = new float[rows.Length / width];
        for (int row = 0; row < halves.Length; row++)
            halves[row] = TensorPrimitives.SumOfSquares<float>(rows.AsSpan(row * width, width)) / 2;
        return halves;
    }

    /// <summary>The highest product of each query, less half the reference's square if there is one.</summary>
    private readonly struct Maxima(float[] maxima, float[]? halves, bool skipOwn) : RowProducts.ITaker
    {
        public void Take(int rowA, int rowB, ReadOnlySpan<float> products)
        {
            int own = skipOwn ? rowB - rowA : -1;
            if (own >= 0 && own < products.Length)
            {
                Take(rowA, rowB, products[..own]);
                rowA += own + 1;
                products = products[(own + 1)..];
            }
            Span<float> highest = maxima.AsSpan(rowA, products.Length);
            float half = halves is null ? 0 : halves[rowB];
            int i = 0;
            var halfs = new Vector<float>(half);
            for (; i <= products.Length - Vector<float>.Count; i += Vector<float>.Count)
                Vector.Max(new Vector<float>(highest[i..]), new Vector<float>(products[i..]) - halfs).CopyTo(highest[i..]);
            for (; i < products.Length; i++) highest[i] = MathF.Max(highest[i], products[i] - half);
        }
    }
}
