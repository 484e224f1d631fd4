using System.Numerics.Tensors;
using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Onnx;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Export;

/// <summary>
/// The nodes from the encoder's features to scores and map: what <see cref="PictureScorer"/> and <see cref="MemoryBank"/> compute.
/// </summary>
/// <param name="graph">Where they go.</param>
/// <param name="detector">The detector; it has a memory.</param>
/// <param name="seen">What the encoder makes of the picture.</param>
/// <param name="grid">Where the patches lie.</param>
/// <param name="inspected">The patches that count; null for all.</param>
internal sealed class ScoreOutputs(
    GraphAppender graph, Detector detector, EncodedValues seen, PatchGrid grid, InspectedPatches? inspected)
{
    private readonly ScoringOptions scoring = detector.Scoring;
    private readonly MemoryBank memory = detector.Memory!;
    private readonly ScoreScale? scale = detector.Scoring.Fusion == ScoreFusion.CommonScale ? detector.Scale : null;
    private readonly float textWeight = detector.Scoring.TextWeight ?? ScoringDefaults.Published.TextWeight;
    private readonly int patches = grid.Side * grid.Side;

    /// <summary>Adds them and returns what the model gives: values of the graph, how they are to be called, and their shapes.</summary>
    public IReadOnlyList<(string Value, string Name, int[] Shape)> Add()
    {
        string? picture = detector.Words is { } known ? Logits(seen.Cls, known.Image, 1) : null;
        string? words = detector.Words is { } learned ? Cover(Logits(seen.Tokens, learned.Pixel, patches)) : null;
        string distances = Cover(Distances());
        string? text = picture is null ? null : graph.Node("Sigmoid", [picture]);
        string visual = Read(distances), fused = Fuse(words, distances), score;
        if (scale is null)
        {
            score = text is null ? visual : Harmonic(text, visual);
        }
        else
        {
            score = Read(fused);
            if (picture is not null && (scoring.ClassToken ?? ScoringDefaults.Published.ClassToken))
                score = graph.Node("Add", [score, Standardize(picture, scale.Picture, textWeight)]);
            score = Squash(score);
        }
        score = graph.Reshape(score, 1);
        var outputs = new List<(string, string, int[])>
        {
            (score, DetectorGraph.Score, [1]),
            (graph.Reshape(visual, 1), DetectorGraph.Visual, [1]),
            (Map(fused), DetectorGraph.Map, [scoring.MapSize, scoring.MapSize]),
        };
        if (text is not null) outputs.Insert(1, (graph.Reshape(text, 1), DetectorGraph.Text, [1]));
        if (detector.Limits is { } limits) outputs.Add((Normalized(score, limits), DetectorGraph.Normalized, [1]));
        return outputs;
    }

    /// <summary>Words and memory of each patch, (patches).</summary>
    private string Fuse(string? words, string distances)
    {
        if (scale is null) return words is null ? distances : Harmonic(graph.Node("Sigmoid", [words]), distances);
        string visual = Standardize(distances, scale.Memory, 1);
        return words is null ? visual : graph.Node("Add", [Standardize(words, scale.Text, textWeight), visual]);
    }

    /// <summary>What <see cref="Limits.Normalize"/> computes.</summary>
    private string Normalized(string score, Limits limits)
    {
        (double toAbove, double toBelow) = limits.Odds;
        string above = graph.Node("Mul", [score, graph.Constant((float)toAbove)]);
        string below = graph.Node("Mul", [graph.Node("Sub", [graph.Constant(1f), score]), graph.Constant((float)toBelow)]);
        return graph.Node("Div", [above, graph.Node("Add", [above, below])]);
    }

    /// <summary>s·(z·w_a - z·w_n) of each row, (rows).</summary>
    private string Logits(string features, Prototypes prototypes, int rows)
    {
        int channels = prototypes.Normal.Length;
        float temperature = detector.Metadata.Temperature;
        float[] direction = [.. prototypes.Anomalous.Zip(prototypes.Normal, (anomalous, normal) => temperature * (anomalous - normal))];
        string normalized = graph.Normalize(graph.Reshape(features, rows, channels));
        return graph.Reshape(graph.Node("MatMul", [normalized, graph.Constant(direction, channels, 1)]), rows);
    }

    /// <summary>M_v, (patches).</summary>
    private string Distances()
    {
        string Weighted(int layer) => graph.Node("Mul", [Distances(layer), graph.Constant(memory.WeightOf(layer))]);
        string sum = Weighted(0);
        for (int layer = 1; layer < memory.Layers.Count; layer++) sum = graph.Node("Add", [sum, Weighted(layer)]);
        return graph.Node("Div", [sum, graph.Constant(Enumerable.Range(0, memory.Layers.Count).Sum(memory.WeightOf))]);
    }

    private string Distances(int layer)
    {
        int width = memory.Widths[layer];
        string queries = graph.Reshape(seen.Memory[layer], patches, width);
        queries = memory.Whitenings is { } whitenings ? Whiten(queries, whitenings[layer], width) : graph.Normalize(queries);
        if (memory.Subspaces is not { } subspaces) return ToRows(queries, layer, width);
        string toPlane = ToPlane(queries, subspaces[layer], width);
        return memory.Rows == 0 ? toPlane : graph.Node("Min", [toPlane, ToRows(queries, layer, width)]);
    }

    private string Whiten(string queries, Whitening whitening, int width)
    {
        string matrix = graph.Node("Transpose", [graph.Constant(whitening.Matrix, width, width)], GraphAppender.Attribute("perm", 1, 0));
        return graph.Node("MatMul", [graph.Node("Sub", [queries, graph.Constant(whitening.Mean, width)]), matrix]);
    }

    /// <summary>How far queries, normalised or whitened, are from the nearest row, (patches).</summary>
    private string ToRows(string queries, int layer, int width)
    {
        float[] rows = memory.Layers[layer];
        int references = rows.Length / width;
        string transposed = graph.Node("Transpose", [graph.Constant(rows, references, width)], GraphAppender.Attribute("perm", 1, 0));
        if (memory.Whitenings is null)
        {
            string nearest = graph.Reduce("ReduceMax", graph.Node("MatMul", [queries, transposed]), keep: false, 1);
            return Clip(graph.Node("Div", [graph.Node("Sub", [graph.Constant(1f), nearest]), graph.Constant(2f)]));
        }
        float[] halves = [.. Enumerable.Range(0, references).Select(row => HalfSquare(rows.AsSpan(row * width, width)))];
        string products = graph.Node("Sub", [graph.Node("MatMul", [queries, transposed]), graph.Constant(halves, references)]);
        string most = graph.Reduce("ReduceMax", products, keep: false, 1);
        string own = graph.Reduce("ReduceSumSquare", queries, keep: false, 1);
        return Bounded(graph.Node("Sub", [own, graph.Node("Mul", [graph.Constant(2f), most])]), width);
    }

    /// <summary>How far queries are from a plane, (patches).</summary>
    private string ToPlane(string queries, Subspace plane, int width)
    {
        string centred = graph.Node("Sub", [queries, graph.Constant(plane.Mean, width)]);
        string square = graph.Reduce("ReduceSumSquare", centred, keep: false, 1);
        if (plane.Count > 0)
        {
            string directions =
                graph.Node("Transpose", [graph.Constant(plane.Components, plane.Count, width)], GraphAppender.Attribute("perm", 1, 0));
            string along = graph.Reduce("ReduceSumSquare", graph.Node("MatMul", [centred, directions]), keep: false, 1);
            square = graph.Node("Sub", [square, along]);
        }
        return memory.Whitenings is null ? Clip(graph.Node("Div", [square, graph.Constant(4f)])) : Bounded(square, width);
    }

    private string Clip(string distance) => graph.Node("Clip", [distance, graph.Constant(0f), graph.Constant(1f)]);

    /// <summary>d/(d + √(2·width)) of squared distances d².</summary>
    private string Bounded(string square, int width)
    {
        string length = graph.Node("Sqrt", [graph.Node("Max", [square, graph.Constant(0f)])]);
        string far = graph.Constant(MathF.Sqrt(2 * width));
        return graph.Node("Sub", [graph.Constant(1f), graph.Node("Div", [far, graph.Node("Add", [length, far])])]);
    }

    private static float HalfSquare(ReadOnlySpan<float> row) => TensorPrimitives.SumOfSquares(row) / 2;

    /// <summary>Lowers the patches that are not inspected to the lowest of the others.</summary>
    private string Cover(string map)
    {
        if (inspected is null) return map;
        string places = graph.Longs([.. inspected.Places.Select(place => (long)place)]);
        string kept = graph.Node("Gather", [map, places], GraphAppender.Attribute("axis", 0));
        float[] seen = new float[patches];
        foreach (int place in inspected.Places) seen[place] = 1;
        string which = graph.Node("Cast", [graph.Constant(seen, patches)], GraphAppender.Attribute("to", 9)); // bool
        return graph.Node("Where", [which, map, graph.Reduce("ReduceMin", kept, keep: false)]);
    }

    private string Standardize(string values, MeanAndDeviation spread, float weight)
    {
        string centred = graph.Node("Sub", [values, graph.Constant(spread.Mean)]);
        return graph.Node("Mul", [graph.Node("Div", [centred, graph.Constant(spread.Deviation)]), graph.Constant(weight)]);
    }

    private string Harmonic(string text, string visual)
    {
        string one = graph.Constant(1f);
        return graph.Node("Div", [one, graph.Node("Add", [graph.Node("Div", [one, text]), graph.Node("Div", [one, visual])])]);
    }

    private string Read(string map)
    {
        if (scoring.TopPatches == 0) return graph.Reduce("ReduceMax", Stretch(map, smooth: false), keep: false);
        int count = Math.Min(scoring.TopPatches, inspected?.Places.Length ?? patches);
        string top = graph.Node("TopK", 2, [map, graph.Longs(count)], GraphAppender.Attribute("axis", 0));
        return graph.Reduce("ReduceMean", top, keep: false);
    }

    private string Map(string fused)
    {
        string map = Stretch(fused, smooth: true);
        if (scale is not null) map = Squash(map);
        if (inspected is null) return map;
        var seen = new float[scoring.MapSize * scoring.MapSize];
        Array.Fill(seen, 1);
        inspected.Clear(seen);
        return graph.Node("Mul", [map, graph.Constant(seen, scoring.MapSize, scoring.MapSize)]);
    }

    /// <summary>Upsampling and smoothing are the same for rows and columns: a matrix from both sides.</summary>
    private string Stretch(string map, bool smooth)
    {
        int size = scoring.MapSize;
        var stretch = new MapStretch(grid, size, smooth ? scoring.SmoothingSigma : 0);
        string left = graph.Constant(stretch.Matrix(), size, grid.Side);
        string right = graph.Node("Transpose", [left], GraphAppender.Attribute("perm", 1, 0));
        return graph.Node("MatMul", [graph.Node("MatMul", [left, graph.Reshape(map, grid.Side, grid.Side)]), right]);
    }

    private string Squash(string deviations)
    {
        string angle = graph.Node("Atan", [graph.Node("Div", [deviations, graph.Constant(PictureScorer.Wide)])]);
        return graph.Node("Add", [graph.Node("Div", [angle, graph.Constant(MathF.PI)]), graph.Constant(0.5f)]);
    }
}
