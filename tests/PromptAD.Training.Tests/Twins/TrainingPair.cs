using PromptAD.Encoders.Clip;
using PromptAD.Training.Prompts;

using static TorchSharp.torch;

namespace PromptAD.Training.Tests.Twins;

/// <summary>One level's training twice, from the same beginning: as the product does it and the obvious way.</summary>
internal sealed class TrainingPair : IDisposable
{
    private readonly Tensor visual;
    private readonly TextEncoder encoder;

    /// <param name="backbone">The backbone; stays with the caller.</param>
    /// <param name="level">The level, which chooses the number of contexts and what is learned from.</param>
    /// <param name="objectName">What the product is called.</param>
    /// <param name="states">The anomaly states.</param>
    /// <param name="options">The options of both.</param>
    /// <param name="shots">k.</param>
    public TrainingPair(
        Backbone backbone, PromptLevel level, string objectName, IReadOnlyList<string> states, TrainingOptions options, int shots = 1)
    {
        ClipConfiguration configuration = backbone.Configuration;
        int width = configuration.Text.Width, channels = configuration.EmbeddingSize;
        bool perPixel = level == PromptLevel.Pixel;
        int count = perPixel ? options.Prompts.PixelContexts : options.Prompts.ImageContexts;
        var text = new PromptText(backbone.Tokenizer, configuration.Text.ContextLength, count, objectName, states, options.Prompts);
        InitialContexts contexts = InitialContext.Random(options.Seed);
        float[] normal = contexts(InitialContext.Normal, count * options.Prompts.ContextLength * width);
        float[] anomalous = contexts(
            InitialContext.Anomalous, options.Prompts.AnomalyContexts * options.Prompts.AnomalyContextLength * width);
        float[] rows = Directions(shots * (perPixel ? 225 : 1), channels);
        visual = tensor(rows, shots, rows.Length / (shots * channels), channels);
        encoder = new TextEncoder(backbone);
        var losses = new PromptLosses(options.Losses, encoder.LogitScale, perPixel);
        Learner = new PromptLearner(text, encoder, normal, anomalous, width);
        Fast = new LevelTrainer(Learner, losses, options.Optimizer, rows, shots, channels);
        Plain = new PlainTraining(backbone, text, options.Optimizer, losses, normal, anomalous, visual);
        PromptRow[] prompts = [.. text.Normal, .. text.Manual, .. text.Learned];
        PlainTokens = prompts.Length * configuration.Text.ContextLength;
        DistinctTokens = prompts.SelectMany(Prefixes).Distinct().Count();
    }

    /// <summary>The contexts of <see cref="Fast"/>.</summary>
    public PromptLearner Learner { get; }

    /// <summary>As the product does it.</summary>
    public LevelTrainer Fast { get; }

    /// <summary>The obvious way.</summary>
    public PlainTraining Plain { get; }

    /// <summary>Prompts times length.</summary>
    public int PlainTokens { get; }

    /// <summary>The number of different beginnings of prompts.</summary>
    public int DistinctTokens { get; }

    public void Dispose()
    {
        Fast.Dispose();
        Plain.Dispose();
        Learner.Dispose();
        encoder.Dispose();
        visual.Dispose();
    }

    private static IEnumerable<string> Prefixes(PromptRow prompt) =>
        Enumerable.Range(1, prompt.Rows.Length).Select(length => string.Join(' ', prompt.Rows[..length]));

    /// <summary>Rows of length 1 that stand in for features of pictures.</summary>
    private static float[] Directions(int count, int channels)
    {
        float[] values = InitialContext.Random(99)("", count * channels);
        for (int start = 0; start < values.Length; start += channels)
        {
            Span<float> row = values.AsSpan(start, channels);
            float norm = 0;
            foreach (float value in row) norm += value * value;
            norm = MathF.Sqrt(norm);
            for (int i = 0; i < channels; i++) row[i] /= norm;
        }
        return values;
    }
}
