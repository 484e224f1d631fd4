using PromptAD.Encoders.Dino;
using PromptAD.Evaluation.Tests.Datasets;

namespace PromptAD.Evaluation.Tests.Protocols;

/// <summary>A benchmark on a backbone without words, in a process that has no libtorch.</summary>
public sealed class WordlessBenchmarkTests : IDisposable
{
    private static readonly EvaluationMethod[] Methods = [EvaluationMethod.Memory, EvaluationMethod.AnomalyDino, EvaluationMethod.Subspace];

    private readonly PictureTree tree = new();
    private readonly BackboneStore store;

    public WordlessBenchmarkTests()
    {
        store = new BackboneStore(tree["store"]);
        store.Generate(DinoConfiguration.Parse("""
            {"kind": "dinov2", "width": 16, "layers": 3, "heads": 2, "patch": 4, "trained_size": 20, "input_size": 24,
             "memory_taps": {"blocks": [1, 2], "normed": true}}
            """), "dino");
        for (int i = 0; i < 3; i++) tree.Add($"part/train/good/{i}.png", 20, 16);
        for (int i = 0; i < 3; i++) tree.Add($"part/test/good/{i}.png", 20, 16).Add($"part/test/hole/{i}.png", 20, 16);
    }

    public void Dispose() => tree.Dispose();

    [Fact]
    public void Methods_without_words_run_and_differ()
    {
        using Backbone backbone = store.Open("dino", threads: 1);
        var options = new BenchmarkOptions { Methods = Methods, Shots = [1, 2], Seeds = 1, Scoring = new ScoringOptions { MapSize = 24 } };
        Category category = Assert.Single(Dataset.Open(tree["part"]).Categories);
        IReadOnlyList<RunResult> runs = new Benchmark(backbone, options).Run([category], tree["out"], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Methods.SelectMany(method => new[] { (method.Name, 1), (method.Name, 2) }), runs.Select(run => (run.Method, run.Shots)));
        Assert.All(runs.SelectMany(run => run.Pictures), picture =>
        {
            Assert.InRange(picture.Score, 0, 1);
            Assert.Null(picture.TextScore);
            Assert.NotNull(picture.VisualScore);
        });
        Assert.Equal(runs.Count, runs.Select(run => string.Join(' ', run.Pictures.Select(picture => picture.Score))).Distinct().Count());
    }

    [Fact]
    public void A_method_with_words_is_refused_in_one_line()
    {
        using Backbone backbone = store.Open("dino", threads: 1);
        var options = new BenchmarkOptions { Methods = [EvaluationMethod.AnomalyDino, EvaluationMethod.PromptAD] };
        var refused = Assert.Throws<PromptADException>(() => new Benchmark(backbone, options));
        Assert.Contains("cannot run promptad, which judge by words; use memory, anomalydino, subspace.", refused.Message);
        Assert.Throws<PromptADException>(() => EvaluationMethod.Subspace.NoMemory);
    }
}
