using System.Text.Json;
using System.Text.Json.Nodes;
using PromptAD.Evaluation.Results;
using PromptAD.Evaluation.Tests.Reports;

namespace PromptAD.Evaluation.Tests.Results;

public sealed class VerdictFiguresTests
{
    private static readonly Limits Limits = new(
        new Limit(0.5f, 0.05, LimitBasis.Guaranteed), new Limit(0.6f, 0.01, LimitBasis.Estimated), new Limit(0.5f, null, LimitBasis.Given));

    [Fact]
    public void Counts_good_and_defective_pictures_by_their_verdicts()
    {
        // A score at a limit is not above it.
        VerdictFigures figures = Of(good: [0.1f, 0.5f, 0.51f, 0.9f], defective: [0.3f, 0.6f, 0.7f, 0.8f, 0.99f]);
        Assert.Equal(new VerdictCounts(OK: 2, Review: 1, NG: 1), figures.Good);
        Assert.Equal(new VerdictCounts(OK: 1, Review: 1, NG: 3), figures.Defective);
        Assert.Equal(new Proportion(1, 4), figures.Good.AboveNG);
        Assert.Equal(new Proportion(2, 4), figures.Good.AboveReview);
        Assert.Equal(new Proportion(3, 5), figures.Defective.AboveNG);
        Assert.Equal(new Proportion(4, 5), figures.Defective.AboveReview);
        Assert.Same(Limits, figures.Limits);
    }

    [Fact]
    public void Without_good_pictures_nothing_is_known_of_false_rejects()
    {
        VerdictFigures figures = Of(good: [], defective: [0.9f]);
        Assert.Equal(default, figures.Good);
        Assert.Null(figures.Good.AboveNG.Value);
        Assert.Equal(1, figures.Defective.AboveNG.Value);
    }

    [Fact]
    public void Without_defective_pictures_nothing_is_known_of_what_is_found()
    {
        VerdictFigures figures = Of(good: [0.1f], defective: []);
        Assert.Equal(0, figures.Good.AboveReview.Value);
        Assert.Null(figures.Defective.AboveReview.Value);
        Assert.Null(figures.Defective.AboveReview.Interval);
    }

    [Fact]
    public void A_run_of_a_time_before_verdicts_is_read_without_them()
    {
        JsonObject run = JsonSerializer.SerializeToNode(
            MadeRuns.Run("bolt", "memory", 1, 0, 0.9, 0.8, EvaluationProtocol.Honest), RunJson.Default.RunResult)!.AsObject();
        Assert.True(run.Remove("verdicts"));
        foreach (JsonNode? picture in run["pictures"]!.AsArray())
        {
            Assert.True(picture!.AsObject().Remove("normalized_score"));
            Assert.True(picture.AsObject().Remove("verdict"));
        }
        RunResult read = run.Deserialize(RunJson.Default.RunResult)!;
        Assert.Null(read.Verdicts);
        Assert.All(read.Pictures, picture => Assert.Equal((null, null), (picture.Verdict, picture.NormalizedScore)));
        Assert.Equal(0.7, read.Pictures[1].Score);
    }

    [Fact]
    public void A_run_with_verdicts_can_be_kept_and_read()
    {
        RunResult run = MadeRuns.Judged(Limits);
        string json = JsonSerializer.Serialize(run, RunJson.Default.RunResult);
        RunResult read = JsonSerializer.Deserialize(json, RunJson.Default.RunResult)!;
        Assert.Equal(run.Verdicts, read.Verdicts);
        Assert.Equal(run.Pictures, read.Pictures);
    }

    private static VerdictFigures Of(float[] good, float[] defective) => VerdictFigures.Of(
        Limits, [.. good.Select(score => Picture(score, TestPicture.Good)), .. defective.Select(score => Picture(score, "scratch"))]);

    private static ScoredPicture Picture(float score, string type) =>
        new("p", type, score, null, null, score) { Verdict = Limits.Judge(score), NormalizedScore = Limits.Normalize(score) };
}
