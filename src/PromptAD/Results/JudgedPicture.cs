using System.Text.Json.Serialization;

namespace PromptAD.Results;

/// <summary>
/// What a detector says of one picture, without the map, so that the results of many pictures stay small. Places are in the picture's own
/// pixels.
/// </summary>
/// <param name="Path">The picture.</param>
/// <param name="Verdict">OK, REVIEW or NG; null where the detector has no limits.</param>
/// <param name="Score">As <see cref="Prediction.Score"/>.</param>
/// <param name="NormalizedScore">As <see cref="Prediction.NormalizedScore"/>; null where the detector has no limits.</param>
/// <param name="TextScore">As <see cref="Prediction.TextScore"/>.</param>
/// <param name="VisualScore">As <see cref="Prediction.VisualScore"/>.</param>
/// <param name="IsUnfamiliar">As <see cref="Prediction.IsUnfamiliar"/>; <c>unfamiliar</c> in JSON.</param>
/// <param name="Width">The picture's width in pixels.</param>
/// <param name="Height">The picture's height in pixels.</param>
/// <param name="Peak">The highest value of the map.</param>
/// <param name="Regions">As <see cref="Prediction.Regions"/>; null where the detector has no limits.</param>
/// <param name="Milliseconds">How long each stage took.</param>
public sealed record JudgedPicture(
    string Path,
    Verdict? Verdict,
    float Score,
    float? NormalizedScore,
    float? TextScore,
    float? VisualScore,
    [property: JsonPropertyName("unfamiliar")] bool IsUnfamiliar,
    int Width,
    int Height,
    MapPeak Peak,
    IReadOnlyList<Region>? Regions,
    StageMilliseconds Milliseconds) : PictureResult(Path)
{
    /// <summary>The file that the heat map was written to; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Overlay { get; init; }

    /// <summary>The file that the raw map was written to; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Map { get; init; }

    /// <summary>The result of a prediction.</summary>
    /// <param name="path">What the picture is called.</param>
    /// <param name="prediction">The prediction.</param>
    public static JudgedPicture From(string path, Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        bool judged = prediction.HasVerdict;
        AnomalyMap map = prediction.Map;
        (int x, int y) = map.Peak;
        var peak = new MapPeak(map.Max, Scale(x, map.Width, prediction.Width), Scale(y, map.Height, prediction.Height));
        return new JudgedPicture(
            path, judged ? prediction.Verdict : null, prediction.Score, judged ? prediction.NormalizedScore : null,
            prediction.TextScore, prediction.VisualScore, prediction.IsUnfamiliar, prediction.Width, prediction.Height, peak,
            judged ? prediction.Regions : null, StageMilliseconds.From(prediction.Timings))
        {
            Warnings = prediction.Warnings.Count > 0 ? [.. prediction.Warnings.Select(warning => $"{warning}")] : null,
        };
    }

    /// <summary>From the map's pixels to the picture's.</summary>
    private static int Scale(int position, int mapSize, int pictureSize) => (int)((position + 0.5) * pictureSize / mapSize);
}

/// <summary>The highest value of a map.</summary>
/// <param name="Value">The value, 0 to 1.</param>
/// <param name="X">Its column in the picture.</param>
/// <param name="Y">Its row in the picture.</param>
public readonly record struct MapPeak(float Value, int X, int Y);

/// <summary>How long each stage of a prediction took, in milliseconds.</summary>
/// <param name="Decode">Reading and decoding the file; 0 for a camera frame.</param>
/// <param name="Prepare">Resizing.</param>
/// <param name="Encode">The encoder.</param>
/// <param name="Score">Scores and map.</param>
/// <param name="Total">All stages together.</param>
public readonly record struct StageMilliseconds(double Decode, double Prepare, double Encode, double Score, double Total)
{
    /// <summary>The same in milliseconds.</summary>
    public static StageMilliseconds From(PredictionTimings timings) => new(
        timings.Decode.TotalMilliseconds, timings.Prepare.TotalMilliseconds, timings.Encode.TotalMilliseconds,
        timings.Score.TotalMilliseconds, timings.Total.TotalMilliseconds);
}
