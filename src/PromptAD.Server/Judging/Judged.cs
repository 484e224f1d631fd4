using System.Text.Json;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Judging;

/// <summary>What was said of a picture, as it is kept.</summary>
/// <param name="Verdict">The verdict; null where there are no limits.</param>
/// <param name="Score">The score.</param>
/// <param name="Finding">What else is known, as JSON (<see cref="Inspections.Finding"/>).</param>
/// <param name="Milliseconds">How long it waited, and the time of each stage.</param>
internal sealed record Judged(InspectionVerdict? Verdict, float Score, string Finding, StageTimes Milliseconds)
{
    /// <param name="prediction">What the detector says.</param>
    /// <param name="limits">The limits that it has.</param>
    /// <param name="queued">How long the picture waited.</param>
    public static Judged Of(Prediction prediction, Limits? limits, TimeSpan queued)
    {
        var finding = Inspections.Finding.Of(prediction, limits, queued);
        return new Judged(
            prediction.HasVerdict ? (InspectionVerdict)prediction.Verdict : null, prediction.Score,
            JsonSerializer.Serialize(finding, ServiceJson.Options), finding.Milliseconds);
    }

    /// <summary>Puts it into a row.</summary>
    public void Enter(InspectionRow row) =>
        (row.State, row.Verdict, row.Score, row.Finding) = (InspectionState.Done, Verdict, Score, Finding);
}
