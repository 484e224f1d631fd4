using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Training.Prompts;
using PromptAD.Verification;
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
            using Backbone backbone = VisionReference.Open(reference.Configuration, path, folder, cancellation);
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
        var vision = new VisionReference(backbone);
        IReadOnlyList<PictureFeatures> good = vision.Encode("image.train", reference.Shots);
        IReadOnlyList<PictureFeatures> test = vision.Check(file, "image.test", reference.Queries, reference.PatchStep, report);
        MemoryBank memory = MemoryFitting.Fit(good, [], backbone.Encoder.Widths, cancellation: cancellation);
        foreach (PromptLevel level in Enum.GetValues<PromptLevel>())
        {
            float[] visual = [.. good.SelectMany(one => level == PromptLevel.Pixel ? one.Tokens : one.Cls)];
            Prototypes prototypes = CheckTraining(level, visual, cancellation);
            CheckScores(level, prototypes, memory, test);
        }
    }

    private Prototypes CheckTraining(PromptLevel level, float[] visual, CancellationToken cancellation)
    {
        TrainingOptions options = reference.Options;
        TextTower tower = backbone.TextTower;
        string name = NameOf(level);
        int contexts = level == PromptLevel.Pixel ? options.Prompts.PixelContexts : options.Prompts.ImageContexts;
        var text = new PromptText(
            tower.Tokenizer, tower.ContextLength, contexts, reference.ObjectName, reference.States, options.Prompts);
        CheckTokens($"{name}.tokens.normal", text.Normal);
        CheckTokens($"{name}.tokens.abnormal", [.. text.Manual, .. text.Learned]);

        float[] normal = InitialContext.ByRule(InitialContext.Normal, contexts * options.Prompts.ContextLength * tower.Width);
        float[] abnormal = InitialContext.ByRule(
            InitialContext.Anomalous, options.Prompts.AnomalyContexts * options.Prompts.AnomalyContextLength * tower.Width);
        using var learner = new PromptLearner(text, encoder, normal, abnormal, tower.Width);
        CheckTextFeatures(name, learner);
        var losses = new PromptLosses(options.Losses, encoder.LogitScale, perPixel: level == PromptLevel.Pixel);
        using var trainer = new LevelTrainer(
            learner, losses, options.Optimizer, visual, reference.Shots, tower.EmbeddingSize);
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

    private void CheckScores(PromptLevel level, Prototypes prototypes, MemoryBank memory, IReadOnlyList<PictureFeatures> test)
    {
        string name = $"{NameOf(level)}.infer";
        var scorer = new PictureScorer(
            backbone.Encoder.Grid, prototypes, prototypes, encoder.LogitScale, reference.Options.Scoring, scale: null);
        PictureScores[] scores =
        [
            .. test.Select(features => scorer.Score(features, memory.VisualMap(features.Memory))),
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
        Absolute($"{name}.anomaly_map", [.. scores.SelectMany(score => Thin(scorer.Map(score), size, step))]);
    }

    private void CheckTokens(string name, IReadOnlyList<PromptRow> prompts)
    {
        int length = backbone.TextTower.ContextLength;
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

    /// <summary>Every n-th row and column of a square map.</summary>
    private static IEnumerable<float> Thin(float[] map, int size, int step) =>
        from y in Enumerable.Range(0, (size + step - 1) / step)
        from x in Enumerable.Range(0, (size + step - 1) / step)
        select map[(y * step * size) + (x * step)];
}
