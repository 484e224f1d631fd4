namespace PromptAD;

/// <summary>What a detector says of one picture.</summary>
/// <param name="Score">How anomalous the picture is, 0 to 1: the harmonic fusion 1/(1/text + 1/visual) of the two scores.</param>
/// <param name="TextScore">S_t, 0 to 1: how much nearer the picture is to the learned anomalous prompts than to the normal ones.</param>
/// <param name="VisualScore">0 to 1: the largest distance of a patch to its nearest patch in the memory bank.</param>
/// <param name="Map">Where the picture is anomalous; stretched over the whole picture.</param>
/// <param name="Width">The picture's width in pixels.</param>
/// <param name="Height">The picture's height in pixels.</param>
/// <param name="Timings">How long each stage took.</param>
public sealed record Prediction(
    float Score, float TextScore, float VisualScore, AnomalyMap Map, int Width, int Height, PredictionTimings Timings);

/// <summary>How long each stage of a prediction took.</summary>
/// <param name="Decode">Reading and decoding the file; zero for a camera frame.</param>
/// <param name="Prepare">Resizing and normalising.</param>
/// <param name="Encode">The vision encoder.</param>
/// <param name="Score">Scores and map.</param>
public readonly record struct PredictionTimings(TimeSpan Decode, TimeSpan Prepare, TimeSpan Encode, TimeSpan Score)
{
    /// <summary>All stages together.</summary>
    public TimeSpan Total => Decode + Prepare + Encode + Score;
}
