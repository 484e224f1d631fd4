using PromptAD.Checkpoints;
using PromptAD.Encoders.Dino;

namespace PromptAD.Tests.Encoders.Dino;

/// <summary>DINOv2 in plain loops over double, straight from the checkpoint's own tensors: slow, and obvious.</summary>
internal sealed class SlowDino
{
    private readonly DinoConfiguration configuration;
    private readonly Dictionary<string, float[]> weights = [];

    public SlowDino(DinoConfiguration configuration, Checkpoint checkpoint)
    {
        this.configuration = configuration;
        foreach ((string name, long[] _) in configuration.ExpectedTensors())
        {
            weights[name] = new float[checkpoint.Tensors[name].Count];
            checkpoint.Read(name, weights[name]);
        }
    }

    /// <summary>The class token, the registers and the patches behind each block, of one image, (3, size, size).</summary>
    public IReadOnlyList<double[][]> Encode(ReadOnlySpan<float> image)
    {
        double[][] tokens = Embed(image);
        var streams = new List<double[][]>();
        for (int block = 0; block < configuration.Layers; block++)
        {
            string prefix = $"blocks.{block}";
            tokens = Add(tokens, Scale(Attention(Norm(tokens, $"{prefix}.norm1"), $"{prefix}.attn"), $"{prefix}.ls1.gamma"));
            tokens = Add(tokens, Scale(FeedForward(Norm(tokens, $"{prefix}.norm2"), $"{prefix}.mlp"), $"{prefix}.ls2.gamma"));
            streams.Add(tokens);
        }
        return streams;
    }

    /// <summary>Each row with mean 0 and variance 1, then the layer's weight and bias.</summary>
    public double[][] Norm(double[][] rows, string layer) => [.. rows.Select(row =>
    {
        double mean = row.Average(), variance = row.Average(value => (value - mean) * (value - mean));
        double deviation = Math.Sqrt(variance + configuration.NormEpsilon);
        float[] weight = weights[$"{layer}.weight"], bias = weights[$"{layer}.bias"];
        return row.Select((value, i) => ((value - mean) / deviation * weight[i]) + bias[i]).ToArray();
    })];

    private double[][] Embed(ReadOnlySpan<float> image)
    {
        int width = configuration.Width, patch = configuration.PatchSize;
        (int across, int down) = (configuration.InputWidth, configuration.InputHeight);
        float[] kernel = weights["patch_embed.proj.weight"], bias = weights["patch_embed.proj.bias"];
        var tokens = new List<double[]> { Row("cls_token", 0) };
        for (int register = 0; register < configuration.Registers; register++) tokens.Add(Row("register_tokens", register));
        for (int row = 0; row < configuration.Rows; row++)
        {
            for (int column = 0; column < configuration.Columns; column++)
            {
                var token = new double[width];
                for (int channel = 0; channel < width; channel++)
                {
                    token[channel] = bias[channel];
                    for (int i = 0; i < 3 * patch * patch; i++)
                    {
                        int colour = i / (patch * patch), y = i / patch % patch, x = i % patch;
                        float pixel = image[(((colour * down) + (row * patch) + y) * across) + (column * patch) + x];
                        token[channel] += (double)kernel[(channel * 3 * patch * patch) + i] * pixel;
                    }
                }
                tokens.Add(Sum(token, Place(row, column)));
            }
        }
        tokens[0] = Sum(tokens[0], Row("pos_embed", 0));
        return [.. tokens];
    }

    /// <summary>The place of a patch, each of the old ones counting by its distance both ways.</summary>
    private double[] Place(int row, int column)
    {
        int from = configuration.TrainedGrid;
        if (from == configuration.Rows && from == configuration.Columns) return Row("pos_embed", 1 + (row * from) + column);
        (int[] rows, double[] down) = SlowBicubicPlaces.At(row, from, configuration.Rows, configuration.Interpolation);
        (int[] columns, double[] across) = SlowBicubicPlaces.At(column, from, configuration.Columns, configuration.Interpolation);
        var place = new double[configuration.Width];
        for (int y = 0; y < rows.Length; y++)
        {
            for (int x = 0; x < columns.Length; x++)
            {
                double[] old = Row("pos_embed", 1 + (rows[y] * from) + columns[x]);
                for (int i = 0; i < place.Length; i++) place[i] += down[y] * across[x] * old[i];
            }
        }
        return place;
    }

    private double[][] Attention(double[][] rows, string layer)
    {
        int width = configuration.Width, size = configuration.HeadWidth;
        double[][] projected = Linear(rows, $"{layer}.qkv"); // query, key and value beside each other
        double[][] mixed = [.. rows.Select(_ => new double[width])];
        for (int start = 0; start < width; start += size)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                double Product(double[] other) =>
                    Enumerable.Range(start, size).Sum(i => projected[row][i] * other[width + i]) / Math.Sqrt(size);

                double[] scores = [.. projected.Select(Product)];
                double[] shares = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
                for (int other = 0; other < rows.Length; other++)
                {
                    double share = shares[other] / shares.Sum();
                    for (int i = start; i < start + size; i++) mixed[row][i] += share * projected[other][(2 * width) + i];
                }
            }
        }
        return Linear(mixed, $"{layer}.proj");
    }

    private double[][] FeedForward(double[][] rows, string layer)
    {
        if (configuration.FeedForward == DinoFeedForward.Mlp)
        {
            double[] Gelu(double[] row) => [.. row.Select(value => value * NormalDistribution(value))];
            return Linear([.. Linear(rows, $"{layer}.fc1").Select(Gelu)], $"{layer}.fc2");
        }
        double[][] both = Linear(rows, $"{layer}.w12"); // gate and value beside each other
        double[] Gated(double[] row) =>
            [.. row.Take(row.Length / 2).Zip(row.Skip(row.Length / 2), (gate, value) => gate / (1 + Math.Exp(-gate)) * value)];
        return Linear([.. both.Select(Gated)], $"{layer}.w3");
    }

    private double[][] Scale(double[][] rows, string gamma) => configuration.HasLayerScale
        ? [.. rows.Select(row => row.Select((value, i) => value * weights[gamma][i]).ToArray())]
        : rows;

    private double[][] Linear(double[][] rows, string layer)
    {
        float[] matrix = weights[$"{layer}.weight"], bias = weights[$"{layer}.bias"]; // (outputs, inputs)
        double Output(double[] row, int output) => row.Select((value, i) => value * matrix[(output * row.Length) + i]).Sum();
        return [.. rows.Select(row => bias.Select((shift, output) => shift + Output(row, output)).ToArray())];
    }

    private double[] Row(string table, int row)
    {
        int width = configuration.Width;
        return [.. weights[table].Skip(row * width).Take(width).Select(value => (double)value)];
    }

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

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, Sum)];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
