using PromptAD.Training;
using PromptAD.Wording;

namespace PromptAD.Evaluation.Reports;

/// <summary>The options that figures were made with, the ones that nobody chose included.</summary>
public static class ReportSettings
{
    /// <summary>The options of a benchmark.</summary>
    /// <param name="options">What was run.</param>
    /// <param name="backbone">The backbone, which fills in what nobody chose.</param>
    /// <returns>What is set, and to which value, for people.</returns>
    public static IReadOnlyList<(string What, string Value)> Of(BenchmarkOptions options, Backbone backbone)
    {
        TrainingOptions training = options.Training(0);
        OptimizerOptions descent = training.Optimizer;
        PromptOptions prompts = training.Prompts;
        return
        [
            ("Learning", $"{descent.Epochs} epochs, rate {descent.LearningRate} to {descent.MinimumLearningRate:0.########}, "
                + $"momentum {descent.Momentum}, weight decay {descent.WeightDecay}; "
                + $"{prompts.ImageContexts} and {prompts.PixelContexts} contexts of {prompts.ContextLength} vectors, "
                + $"{prompts.AnomalyContexts} anomaly contexts of {prompts.AnomalyContextLength}"),
            ("Words", $"{PublishedPrompts.CommonStates.Count} common anomaly states"
                + (options.Protocol == EvaluationProtocol.Published || options.CategoryStates
                    ? " and those of known categories, named after the test set's defects (Q8)"
                    : "")),
            .. Reading(training.Preprocessing, training.Scoring.For(backbone)),
            .. options.Poses is { } poses ? [("Poses", Describe(poses))] : ((string, string)[])[],
        ];
    }

    /// <summary>The options of a finished detector.</summary>
    /// <param name="detector">What the detector says of itself.</param>
    /// <returns>As of a benchmark.</returns>
    public static IReadOnlyList<(string What, string Value)> Of(DetectorInfo detector) =>
    [
        ("Detector", $"{detector.ObjectName}, learned from {Plural.Of(detector.Shots, "picture")} with seed {detector.Seed}, "
            + $"{detector.Created:u}"),
        ("Words", string.Join(", ", detector.States)),
        .. Reading(detector.Preprocessing, detector.Scoring),
        .. detector.Memory == MemoryKind.Subspace ? [("Kind of memory", "the subspace of good patches")] : ((string, string)[])[],
        .. detector.MemoryBackbone is { } other ? [("Backbone of the memory", $"{other.Id}, {other.Hash}")] : ((string, string)[])[],
        .. detector.Limits is { } limits ? [("Limits", Describe(limits))] : ((string, string)[])[],
        .. detector.Tiles is { } tiles ? [("Tiles", $"{tiles}, each with a memory of its own; maps merged")] : ((string, string)[])[],
    ];

    private static string Describe(Limits limits) =>
        $"REVIEW above {VerdictText.Describe(limits.Review)}, NG above {VerdictText.Describe(limits.NG)}";

    private static string Describe(PoseOptions poses) =>
        $"{poses.Views} views beside each picture, {(poses.Turn is { } turn ? $"turned by {turn} degrees" : "not turned")}, "
        + $"{(poses.Flips ? "mirrored, too" : "not mirrored")}, at most {poses.MostRows:N0} rows of memory a picture";

    private static IEnumerable<(string What, string Value)> Reading(PreprocessingOptions pictures, ScoringOptions scores)
    {
        yield return ("Pictures", $"resize {pictures.Resize} (Q5), query channels {pictures.QueryChannels} (Q6)");
        string reach = scores.TopPatches == 0 ? "map's maximum" : $"top {scores.TopPatches} patches";
        yield return ("Scores", $"{ScoringText.Of(scores.Fusion)}, {reach}, logit scale {ScoringText.Of(scores.LogitScale)} (Q3); "
            + ScoringText.Words(scores));
        int shifts = scores.MemoryShifts ?? 1;
        yield return ("Memory", $"{(scores.WhitenMemory == true ? "whitened" : "as encoded")}, {shifts} x {shifts} shifts of each picture");
        yield return ("Maps", $"{scores.MapSize} x {scores.MapSize} pixels, smoothed with sigma {scores.SmoothingSigma}");
    }
}
