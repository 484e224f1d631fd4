using PromptAD.Encoders;

namespace PromptAD.Decisions;

/// <summary>A picture's features, one a region, and what is known of it before it is scored.</summary>
/// <param name="Predictor">Who has prepared it, and is to score it.</param>
/// <param name="Regions">Its features; they go back to the spare ones when they are scored.</param>
/// <param name="Width">The picture's own width.</param>
/// <param name="Height">The picture's own height.</param>
/// <param name="Timings">How long each step took so far.</param>
/// <param name="IsLearned">Whether this very picture is noted as learned from.</param>
/// <param name="IsReference">Whether it is a reference picture.</param>
internal sealed record EncodedPicture(
    Predictor Predictor,
    PictureFeatures[] Regions,
    int Width,
    int Height,
    PredictionTimings Timings,
    bool IsLearned,
    bool IsReference)
{
    /// <summary>What its file should be warned of.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    /// <summary>What the picture is called, where it has one colour all over; else null.</summary>
    public string? PlainName { get; init; }
}
