using PromptAD.Checkpoints;
using PromptAD.Encoders.Clip;

namespace PromptAD.Tests.Encoders.Clip;

/// <summary>
/// The two-stream encoder in plain loops over double, straight from section 1 of the method and the checkpoint's own tensors: slow, and
/// obvious.
/// </summary>
internal sealed class SlowVisionEncoder
{
    private readonly ClipConfiguration configuration;
    private readonly VisionConfiguration vision;
    private readonly Dictionary<string, float[]> weights = [];

    public SlowVisionEncoder(ClipConfiguration configuration, Checkpoint checkpoint)
    {
        this.configuration = configuration;
        vision = configuration.Vision;
        foreach ((string name, long[] _) in configuration.ExpectedTensors())
        {
            weights[name] = new float[checkpoint.Tensors[name].Count];
            checkpoint.Read(name, weights[name]);
        }
    }

    /// <summary>Encodes one image, (3, size, size), or some of its patches alone.</summary>
    public SlowFeatures Encode(ReadOnlySpan<float> image, int[]? window = null)
    {
        double[][] embedded = Embed(image), original = Norm(embedded, "visual.ln_pre"); // (1 + patches, width)
        if (window is not null) original = [original[0], .. window.Select(patch => original[1 + patch])];
        double[][] vv = original, penultimate = original;
        List<double[][]> taps = [.. vision.Trunk is { } trunk ? new SlowTrunk(trunk, Weights).Read(image, vision.ImageSize) : []];
        if (vision.MemoryTaps.Blocks.Contains(MemoryTaps.Embedding)) taps.Add(WithoutPosition(embedded)[1..]);
        for (int block = 0; block < vision.Layers; block++)
        {
            string prefix = $"visual.transformer.resblocks.{block}";
            penultimate = original;
            double[][] projected = Linear(Norm(original, $"{prefix}.ln_1"), $"{prefix}.attn.in_proj_weight", $"{prefix}.attn.in_proj_bias");
            double[][] q = Part(projected, 0), k = Part(projected, 1), v = Part(projected, 2);
            double[][] mid = Add(original, Linear(Attend(q, k, v), $"{prefix}.attn.out_proj"));
            vv = Add(vv, Linear(Attend(v, v, v), $"{prefix}.attn.out_proj"));
            original = Add(mid, Linear(Gelu(Linear(Norm(mid, $"{prefix}.ln_2"), $"{prefix}.mlp.c_fc")), $"{prefix}.mlp.c_proj"));
            double[][] tapped = vision.MemoryTaps.Point == MemoryTapPoint.Attention ? mid : original;
            if (vision.MemoryTaps.Blocks.Contains(block)) taps.Add(tapped[1..]);
        }
        return new SlowFeatures(Project([original[0]])[0], Project(vv[1..]), taps, penultimate[1..]);
    }

    private double[][] WithoutPosition(double[][] embedded) => [.. embedded.Select((token, i) =>
        token.Select((value, channel) => value - weights["visual.positional_embedding"][(i * vision.Width) + channel]).ToArray())];

    private float[] Weights(string name) => weights[name];

    private double[][] Embed(ReadOnlySpan<float> image)
    {
        if (vision.Trunk is not null) return EmbedTrunk(image);
        int size = vision.ImageSize, patch = vision.PatchSize, grid = vision.Grid;
        float[] kernel = weights["visual.conv1.weight"], position = weights["visual.positional_embedding"];
        var tokens = new double[1 + vision.Patches][];
        tokens[0] = [.. weights["visual.class_embedding"].Select(value => (double)value)];
        for (int token = 1; token < tokens.Length; token++)
        {
            int top = (token - 1) / grid * patch, left = (token - 1) % grid * patch;
            tokens[token] = new double[vision.Width];
            for (int channel = 0; channel < vision.Width; channel++)
            {
                for (int i = 0; i < 3 * patch * patch; i++)
                {
                    int colour = i / (patch * patch), y = i / patch % patch, x = i % patch;
                    float pixel = image[(((colour * size) + top + y) * size) + left + x];
                    tokens[token][channel] += (double)kernel[(channel * 3 * patch * patch) + i] * pixel;
                }
            }
        }
        for (int i = 0; i < position.Length; i++) tokens[i / vision.Width][i % vision.Width] += position[i];
        return tokens;
    }

    private double[][] EmbedTrunk(ReadOnlySpan<float> image)
    {
        IReadOnlyList<double[][]> stages = new SlowTrunk(vision.Trunk!, Weights).Read(image, vision.ImageSize);
        float[] kernel = weights["visual.conv1.weight"], position = weights["visual.positional_embedding"];
        double[][] seen = [.. Enumerable.Range(0, vision.Patches).Select(patch => stages.SelectMany(stage => stage[patch]).ToArray())];
        double Channel(double[] patch, int channel) => patch.Select((value, i) => value * kernel[(channel * patch.Length) + i]).Sum();
        double[][] tokens =
        [
            [.. weights["visual.class_embedding"].Select(value => (double)value)],
            .. seen.Select(patch => Enumerable.Range(0, vision.Width).Select(channel => Channel(patch, channel)).ToArray()),
        ];
        for (int i = 0; i < position.Length; i++) tokens[i / vision.Width][i % vision.Width] += position[i];
        return tokens;
    }

    /// <summary>softmax(a·bᵀ/√d)·v for each head.</summary>
    private double[][] Attend(double[][] a, double[][] b, double[][] v)
    {
        int size = vision.HeadWidth;
        double[][] mixed = [.. a.Select(_ => new double[vision.Width])];
        for (int start = 0; start < vision.Width; start += size)
        {
            for (int row = 0; row < a.Length; row++)
            {
                double[] scores = [.. b.Select(other => Enumerable.Range(start, size).Sum(i => a[row][i] * other[i]) / Math.Sqrt(size))];
                double[] shares = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
                for (int column = 0; column < v.Length; column++)
                {
                    for (int i = start; i < start + size; i++) mixed[row][i] += shares[column] / shares.Sum() * v[column][i];
                }
            }
        }
        return mixed;
    }

    private double[][] Project(double[][] rows)
    {
        float[] projection = weights["visual.proj"]; // (width, E)
        int channels = configuration.EmbeddingSize;
        double Channel(double[] row, int channel) => row.Select((value, i) => value * projection[(i * channels) + channel]).Sum();
        double[] Row(double[] row) => [.. Enumerable.Range(0, channels).Select(channel => Channel(row, channel))];
        return [.. Norm(rows, "visual.ln_post").Select(Row)];
    }

    private double[][] Gelu(double[][] rows) => [.. rows.Select(row => row.Select(Gelu).ToArray())];

    private double Gelu(double x) => configuration.QuickGelu ? x / (1 + Math.Exp(-1.702 * x)) : x * NormalDistribution(x);

    /// <summary>Φ(x) = 1/2 + 1/√2π · Σ (-1)ⁿ x²ⁿ⁺¹ / (2ⁿ n! (2n+1)).</summary>
    private static double NormalDistribution(double x)
    {
        double sum = 0, term = x;
        for (int n = 0; n < 200; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (2 * (n + 1));
        }
        return 0.5 + (sum / Math.Sqrt(2 * Math.PI));
    }

    private double[][] Norm(double[][] rows, string layer) =>
        [.. rows.Select(row => Norm(row, weights[$"{layer}.weight"], weights[$"{layer}.bias"]))];

    private static double[] Norm(double[] row, float[] weight, float[] bias)
    {
        double mean = row.Average(), variance = row.Average(value => (value - mean) * (value - mean));
        return [.. row.Select((value, i) => ((value - mean) / Math.Sqrt(variance + 1e-5) * weight[i]) + bias[i])];
    }

    private double[][] Linear(double[][] rows, string layer) => Linear(rows, $"{layer}.weight", $"{layer}.bias");

    private double[][] Linear(double[][] rows, string weight, string bias)
    {
        float[] matrix = weights[weight]; // (outputs, inputs)
        double Output(double[] row, int output) => row.Select((value, i) => value * matrix[(output * row.Length) + i]).Sum();
        return [.. rows.Select(row => weights[bias].Select((shift, output) => shift + Output(row, output)).ToArray())];
    }

    private double[][] Part(double[][] rows, int part) => [.. rows.Select(row => row[(part * vision.Width)..((part + 1) * vision.Width)])];

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];
}

/// <summary>What the slow encoder makes of one image; last, the patches that its last block reads.</summary>
internal sealed record SlowFeatures(double[] Cls, double[][] Tokens, IReadOnlyList<double[][]> Memory, double[][] Penultimate);
