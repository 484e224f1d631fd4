using System.Text.Json;
using PromptAD.Client;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Inspections;

/// <summary>What is known of a picture once it is judged, beside verdict and score, which are columns.</summary>
internal sealed record Finding(
    float? NormalizedScore,
    LimitScores? Limits,
    bool Unfamiliar,
    int Width,
    int Height,
    IReadOnlyList<DefectRegion> Regions,
    IReadOnlyList<string> Warnings,
    StageTimes Milliseconds)
{
    /// <summary>What a prediction says.</summary>
    public static Finding Of(Prediction prediction, Limits? limits, TimeSpan queued)
    {
        bool judged = prediction.HasVerdict;
        PredictionTimings times = prediction.Timings;
        return new Finding(
            judged ? prediction.NormalizedScore : null, Scores(limits), prediction.IsUnfamiliar, prediction.Width, prediction.Height,
            judged ? [.. prediction.Regions.Select(Place)] : [],
            [.. prediction.Warnings.Select(warning => warning.Describe(_ => null))],
            new StageTimes(
                queued.TotalMilliseconds, times.Decode.TotalMilliseconds, times.Prepare.TotalMilliseconds,
                times.Encode.TotalMilliseconds, times.Score.TotalMilliseconds));
    }

    /// <summary>What a row says.</summary>
    public static InspectionResult Read(InspectionRow row)
    {
        Finding? finding = row.Finding is null ? null : JsonSerializer.Deserialize<Finding>(row.Finding, ServiceJson.Options);
        return new InspectionResult
        {
            Id = row.Id,
            Product = row.ProductId,
            Version = row.Version,
            Station = row.Station,
            Part = row.Part,
            Received = row.Received,
            State = row.State,
            Verdict = row.Verdict,
            Error = row.Error,
            Score = row.Score,
            NormalizedScore = finding?.NormalizedScore,
            Limits = finding?.Limits,
            Unfamiliar = finding?.Unfamiliar ?? false,
            Width = finding?.Width ?? 0,
            Height = finding?.Height ?? 0,
            Regions = finding?.Regions ?? [],
            Warnings = finding?.Warnings ?? [],
            Milliseconds = finding?.Milliseconds,
            PictureHash = row.PictureHash,
            MediaType = row.MediaType,
            Review = row.Review,
            ReviewedBy = row.ReviewedBy,
            Reviewed = row.Reviewed,
            Where = MarkedPlaces.Read(row),
            PictureRemoved = row.PictureRemoved,
        };
    }

    /// <summary>The scores of limits.</summary>
    public static LimitScores? Scores(Limits? limits) =>
        limits is null ? null : new LimitScores(limits.Review.Score, limits.NG.Score, limits.Pixel.Score);

    private static DefectRegion Place(Region region) => new(
        region.X, region.Y, region.Width, region.Height, region.Area, region.Peak, region.PeakX, region.PeakY);
}
