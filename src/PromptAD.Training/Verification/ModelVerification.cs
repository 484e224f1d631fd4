using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Training.Prompts;
using PromptAD.Words;

using static TorchSharp.torch;

namespace PromptAD.Training.Verification;

/// <summary>
/// Recomputes a model reference on this machine: generates the backbone by rule, imports it as any other, encodes, trains both levels and
/// scores.
/// </summary>
internal sealed class ModelVerification : IDisposable
{
    private const double RelativeTolerance = 1e-4; // of a tensor's largest magnitude
    private const double ScoreTolerance = 1e-5;   // absolute
    private const float ImageScale = 1.8f;
    private readonly SafetensorsFile file;
    private readonly ModelReference reference;
    private readonly Backbone backbone;
    private readonly TextEncoder encoder;
    private readonly Action<TensorCheck> report;

    private ModelVerification(SafetensorsFile file, ModelReference reference, Backbone backbone, Action<TensorCheck> report)
    {
        this.file = file;
        this.reference = reference;
        this.backbone = backbone;
        this.report = report;
        encoder = new TextEncoder(backbone);
    }

    /// <summary>Checks every tensor of the reference and reports each.</summary>
    public static void Run(SafetensorsFile file, string path, Action<TensorCheck> report, CancellationToken cancellation)
    {
        ModelReference reference = ModelReference.Read(file, path);
        string folder = Path.Combine(Path.GetTempPath(), $"promptad-verify-{Guid.NewGuid():N}");
        try
        {
            var store = new BackboneStore(folder);
            store.Generate(reference.Configuration, "reference", cancellation: cancellation);
            using Backbone backbone = store.Open("reference");
            using var verification = new ModelVerification(file, reference, backbone, report);
            verification.CheckAll(cancellation);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => encoder.Dispose();

    private void CheckAll(CancellationToken cancellation)
    {
        var good = new List<PictureFeatures>();
        foreach (ClipFeatures features in Encode("image.train", reference.Shots))
            good.Add(ClipEncoder.ToPicture(features, backbone.Encoder));
        ClipFeatures[] test = [.. Encode("image.test", reference.Queries)];
        try
        {
            CheckVision(test);
            MemoryBank memory = MemoryFitting.Fit(good, [], backbone.Encoder.Widths, cancellation: cancellation);
            foreach (PromptLevel level in Enum.GetValues<PromptLevel>())
            {
                float[] visual = [.. good.SelectMany(one => level == PromptLevel.Pixel ? one.Tokens : one.Cls)];
                Prototypes prototypes = CheckTraining(level, visual, cancellation);
                CheckScores(level, prototypes, memory, test);
            }
        }
        finally
        {
            foreach (ClipFeatures features in test) features.Dispose();
        }
    }

    /// <summary>Encodes the deterministic images of a name, one at a time.</summary>
    private IEnumerable<ClipFeatures> Encode(string name, int count)
    {
        int size = reference.Configuration.Vision.ImageSize, length = 3 * size * size;
        var images = new float[count * length]; // (count, 3, size, size)
        DeterministicCheckpoint.Fill(name, images, ImageScale, 0);
        for (int i = 0; i < count; i++) yield return backbone.Clip.Encode(images.AsSpan(i * length, length), count: 1);
    }

    private void CheckVision(ClipFeatures[] test)
    {
        VisionConfiguration vision = reference.Configuration.Vision;
        Relative("vision.cls", [.. test.SelectMany(features => features.Cls.ToArray())]);
        int embedding = reference.Configuration.EmbeddingSize, step = reference.PatchStep;
        Relative("vision.tokens", [.. test.SelectMany(features => EveryNth(features.Tokens, embedding, step))]);
        for (int layer = 0; layer < vision.MemoryTaps.Blocks.Count; layer++)
            Relative($"vision.memory{layer + 1}", [.. test.SelectMany(features => EveryNth(features.Memory(layer), vision.Width, step))]);
    }

    private Prototypes CheckTraining(PromptLevel level, float[] visual, CancellationToken cancellation)
    {
        TrainingOptions options = reference.Options;
        TextConfiguration tower = reference.Configuration.Text;
        string name = NameOf(level);
        int contexts = level == PromptLevel.Pixel ? options.Prompts.PixelContexts : options.Prompts.ImageContexts;
        var text = new PromptText(
            backbone.Tokenizer, tower.ContextLength, contexts, reference.ObjectName, reference.States, options.Prompts);
        CheckTokens($"{name}.tokens.normal", text.Normal);
        CheckTokens($"{name}.tokens.abnormal", [.. text.Manual, .. text.Learned]);

        float[] normal = InitialContext.ByRule(InitialContext.Normal, contexts * options.Prompts.ContextLength * tower.Width);
        float[] abnormal = InitialContext.ByRule(
            InitialContext.Anomalous, options.Prompts.AnomalyContexts * options.Prompts.AnomalyContextLength * tower.Width);
        using var learner = new PromptLearner(text, encoder, normal, abnormal, tower.Width);
        CheckTextFeatures(name, learner);
        var losses = new PromptLosses(options.Losses, encoder.LogitScale, perPixel: level == PromptLevel.Pixel);
        using var trainer = new LevelTrainer(
            learner, losses, options.Optimizer, visual, reference.Shots, reference.Configuration.EmbeddingSize);
        for (int epoch = 0; epoch < options.Optimizer.Epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            LossValues loss = trainer.Step(epoch, cancellation);
            if (epoch == 0)
            {
                Relative($"{name}.grad.normal_ctx", Values(learner.NormalContexts.grad!));
                Relative($"{name}.grad.abnormal_ctx", Values(learner.AnomalyContexts.grad!));
            }
            Numbers($"{name}.lr.{epoch}", options.Optimizer.RateAt(epoch));
            Numbers($"{name}.loss.{epoch}", loss.Contrastive, loss.Margin, loss.Alignment, loss.Total);
            Relative($"{name}.ctx.normal.{epoch}", Values(learner.NormalContexts));
            Relative($"{name}.ctx.abnormal.{epoch}", Values(learner.AnomalyContexts));
        }
        Prototypes prototypes = learner.ReadPrototypes(cancellation);
        Relative($"{name}.text_features", [.. prototypes.Normal, .. prototypes.Anomalous]);
        return prototypes;
    }

    private void CheckTextFeatures(string name, PromptLearner learner)
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        PromptFeatures features = learner.Encode();
        Relative($"{name}.text.normal", Values(features.Normal));
        Relative($"{name}.text.manual_abnormal", Values(features.Manual));
        Relative($"{name}.text.learned_abnormal", Values(features.Learned));
    }

    private void CheckScores(PromptLevel level, Prototypes prototypes, MemoryBank memory, ClipFeatures[] test)
    {
        string name = $"{NameOf(level)}.infer";
        var scorer = new PictureScorer(
            backbone.Encoder.Grid, prototypes, prototypes, encoder.LogitScale, reference.Options.Scoring, scale: null);
        PictureScores[] scores =
        [
            .. test.Select(encoded => ClipEncoder.ToPicture(encoded, backbone.Encoder))
                .Select(features => scorer.Score(features, memory.VisualMap(features.Memory))),
        ];
        Absolute($"{name}.textual_map", [.. scores.SelectMany(score => score.TextualMap!)]);
        Absolute($"{name}.visual_map", [.. scores.SelectMany(score => score.VisualMap!)]);
        if (level == PromptLevel.Image)
        {
            Absolute($"{name}.textual_score", [.. scores.Select(score => score.Textual!.Value)]);
            Absolute($"{name}.visual_score", [.. scores.Select(score => score.Visual!.Value)]);
            Absolute($"{name}.image_score", [.. scores.Select(score => score.Image)]);
            return;
        }
        int size = reference.Options.Scoring.MapSize, step = reference.MapStep;
        Absolute($"{name}.anomaly_map", [.. scores.SelectMany(score => SquareMap.Thin(scorer.Map(score), size, step))]);
    }

    private void CheckTokens(string name, IReadOnlyList<PromptRow> prompts)
    {
        int length = reference.Configuration.Text.ContextLength;
        long[] expected = file.ReadInt64(name);
        IEnumerable<int> filled = prompts.SelectMany(prompt => prompt.Tokens.Concat(Enumerable.Repeat(0, length - prompt.Tokens.Length)));
        long[] actual = [.. filled.Select(id => (long)id)];
        bool same = actual.SequenceEqual(expected);
        report(new TensorCheck(name, same ? 0 : double.PositiveInfinity, 0));
    }

    private void Relative(string name, float[] actual) =>
        report(TensorCheck.Relative(name, actual, file.ReadFloats(name), RelativeTolerance));

    private void Absolute(string name, float[] actual) =>
        report(TensorCheck.Absolute(name, actual, file.ReadFloats(name), ScoreTolerance));

    private void Numbers(string name, params double[] actual) => report(TensorCheck.Relative(
        name,
        [.. actual.Select(value => (float)value)],
        [.. file.ReadDoubles(name).Select(value => (float)value)],
        RelativeTolerance));

    private static string NameOf(PromptLevel level) => level == PromptLevel.Pixel ? "seg" : "cls";

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    /// <summary>Every n-th row of <paramref name="channels"/> values.</summary>
    private static float[] EveryNth(ReadOnlySpan<float> rows, int channels, int step)
    {
        var kept = new List<float>();
        for (int start = 0; start < rows.Length; start += channels * step) kept.AddRange(rows.Slice(start, channels));
        return [.. kept];
    }
}
