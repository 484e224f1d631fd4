using PromptAD.Evaluation.Features;
using PromptAD.Evaluation.Methods;
using PromptAD.Evaluation.Reports;
using PromptAD.Evaluation.Results;
using PromptAD.Evaluation.Tests.Reports;
using PromptAD.Files;
using PromptAD.Tests.Files;

namespace PromptAD.Evaluation.Tests.Results;

/// <summary>What a benchmark keeps and reports, with every single write going wrong.</summary>
public sealed class SavingFaultTests : IDisposable
{
    private static readonly RunResult Result = MadeRuns.Run("bottle", "promptad", 1, 0, 0.90, 0.95, EvaluationProtocol.Honest);
    private static readonly Report Made = MadeRuns.Report(EvaluationProtocol.Honest, Result);

    private static readonly Dictionary<string, Action<string>> Savers = new()
    {
        ["prompts"] = path => new EpochPrompts([new([1, 2], [3, 4])], [new([5, 6], [7, 8])]).Write(path),
        ["windows"] = path => WindowFeatureFile.Write(path, new WindowFeatures([[1, 2, 3]], [4, 5])),
        ["html"] = path => AtomicFile.WriteText(path, writer => HtmlReport.Write(Made, writer)),
        ["markdown"] = path => AtomicFile.WriteText(path, writer => MarkdownReport.Write(Made, writer)),
        ["csv"] = path => AtomicFile.WriteText(path, writer => CsvReport.Write(Made, writer)),
        ["pictures"] = path => AtomicFile.WriteText(path, writer => PictureList.Write(Made, writer)),
        ["json"] = path => AtomicFile.Write(path, stream => JsonReport.Write(Made, stream)),
    };

    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public static TheoryData<string> Names => [.. Savers.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_write_that_fails_leaves_the_old_file(string name)
    {
        string path = Path.Combine(folder, "file");
        Assert.True(new SaverAttack(folder, () => File.WriteAllText(path, "old"), () => Savers[name](path)).AtEveryWrite() >= 4);
    }

    [Fact]
    public void A_run_that_cannot_be_kept_leaves_the_one_before()
    {
        using var runs = new RunFolder(folder);
        var category = new Category { Name = "bottle", Root = folder, TrainGood = [], Test = [] };
        var key = new RunKey(EvaluationProtocol.Honest, category, EvaluationMethod.PromptAD, 1, 0);
        runs.Write(key, Result);
        string path = Assert.Single(Directory.GetFiles(Path.Combine(folder, "runs")));
        Assert.True(new SaverAttack(Path.Combine(folder, "runs"), () => File.WriteAllText(path, "old"), () => runs.Write(key, Result)).AtEveryWrite() >= 4);
        Assert.NotNull(runs.TryRead(key, Result.Fingerprint, isShown: true));
    }
}
