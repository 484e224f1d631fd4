using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using PromptAD.Evaluation.Features;
using PromptAD.Evaluation.Methods;
using PromptAD.Evaluation.Protocols;
using PromptAD.Evaluation.Results;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Training;

namespace PromptAD.Evaluation;

/// <summary>
/// Runs methods on the categories of a data set and keeps every finished run in a folder: a benchmark that was stopped, or is asked for
/// more, goes on where it was. In a category everything is learned before the first test picture is opened; only then the test set is
/// scored. Methods with words need libtorch, which the application brings.
/// </summary>
public sealed class Benchmark
{
    // Raised when scoring changes its results, so that runs of before are not mixed with runs of after.
    private const int ScoringVersion = 6;

    private readonly Backbone backbone;
    private readonly BenchmarkOptions options;
    private readonly Dictionary<string, BitDepth> depths = []; // of categories

    /// <param name="backbone">The frozen backbone; stays with the caller.</param>
    /// <param name="options">What to run; null for the defaults.</param>
    /// <exception cref="PromptADException">An option is out of range, or a method needs words that the backbone does not know.</exception>
    public Benchmark(Backbone backbone, BenchmarkOptions? options = null)
    {
        this.backbone = backbone;
        this.options = (options ?? new BenchmarkOptions()).Validated();
        CheckWords();
        // Refuses poses before anything is learned.
        if (this.options.Poses is not { } poses) return;
        _ = new MemoryBuilder(backbone.DeferredEncoder, MemoryOptions.ItselfAlone with { Poses = poses });
    }

    private void CheckWords()
    {
        EvaluationMethod[] wordy = [.. options.Methods.Where(method => method.HasWords)];
        if (backbone.HasTextTower || wordy.Length == 0) return;
        throw new PromptADException(
            Problem.Unsupported, $"Backbone '{backbone.Id}' has no text tower, so it cannot run {string.Join(", ", wordy.AsEnumerable())}, "
            + $"which judge by words; use {string.Join(", ", EvaluationMethod.All.Where(method => !method.HasWords))}.");
    }

    /// <summary>Runs everything that the folder does not hold yet.</summary>
    /// <param name="categories">The categories to run.</param>
    /// <param name="folder">Where features, prompts and results are kept.</param>
    /// <param name="progress">Told what is running, on the caller's thread.</param>
    /// <param name="cancellation">Stops between two epochs or pictures; what is finished stays.</param>
    /// <returns>All runs, category by category, method by method.</returns>
    /// <exception cref="PromptADException">A picture cannot be read, a category has too few, or the folder cannot be written.</exception>
    public IReadOnlyList<RunResult> Run(
        IReadOnlyList<Category> categories,
        string folder,
        IProgress<BenchmarkProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var files = new RunFolder(folder);
        using TextEncoder? encoder = options.Methods.Any(method => method.HasWords) ? new TextEncoder(backbone) : null;
        var cache = new FeatureCache(backbone, files.Features, options.Training(0).Preprocessing);
        foreach (Category category in categories) if (DepthOf(category).Bits is { } bits) cache.KnowBits(category, bits);
        var results = new List<RunResult>();
        Plan[] plans = [.. categories.SelectMany(category => Plans(category, cache))];
        var clock = new BenchmarkClock(progress, plans.Length);
        (Plan Plan, RunResult? Known)[] all = [.. plans.Select(plan => (plan, files.TryRead(plan.Run, plan.Fingerprint, plan.IsShown)))];
        clock.Skip(all.Count(run => run.Known is not null));
        foreach (IGrouping<Category, (Plan Plan, RunResult? Known)> category in all.GroupBy(run => run.Plan.Run.Category))
        {
            IEnumerable<Plan> missing = category.Where(run => run.Known is null).Select(run => run.Plan);
            Learned[] learned = [.. missing.Select(plan => Learn(plan, files, encoder, cache, clock, cancellation))];
            // Opens the test pictures when the first run is scored, after all is learned.
            var scoring = new Lazy<(CategoryScoring, UnjudgedPicture[])>(() =>
            {
                (Category judged, UnjudgedPicture[] leftOut) = Judged(category.Key, cache, cancellation);
                return (new CategoryScoring(judged, cache, backbone, options), leftOut);
            });
            var scored = new Queue<RunResult>(Score(learned, scoring, files, encoder, cache, clock, cancellation));
            results.AddRange(category.Select(run => run.Known ?? scored.Dequeue()));
        }
        return results;
    }

    /// <summary>The category with the test pictures that can be encoded and whose masks can be read, and the others.</summary>
    /// <exception cref="PromptADException">No good or no defective picture is left.</exception>
    private static (Category Judged, UnjudgedPicture[] LeftOut) Judged(
        Category category, FeatureCache cache, CancellationToken cancellation)
    {
        var judged = new List<TestPicture>();
        var leftOut = new List<UnjudgedPicture>();
        foreach (TestPicture picture in category.Test)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                _ = cache.Get(picture.Path);
                _ = picture.ReadMask(1, 1);
                judged.Add(picture);
            }
            catch (PromptADException e)
            {
                leftOut.Add(new UnjudgedPicture(category.Relative(picture.Path), e.Message));
            }
        }
        UnjudgedPicture.RefuseNothingLeft(judged.Any(one => !one.IsDefective), judged.Any(one => one.IsDefective), leftOut);
        return (category with { Test = judged }, [.. leftOut]);
    }

    /// <summary>
    /// What is assumed of the pictures to learn from, such as the bits of 16-bit pictures that say nothing of them; to be told before
    /// <see cref="Run"/>.
    /// </summary>
    /// <param name="categories">The categories to run.</param>
    /// <exception cref="PromptADException">A picture cannot be read, or the pictures of a category do not agree.</exception>
    public IReadOnlyList<Diagnostic> Assumptions(IEnumerable<Category> categories) =>
        [.. categories.Select(category => DepthOf(category).Assumption($"{category.Name}: pictures to learn from")).OfType<Diagnostic>()];

    /// <summary>How many bits of 16-bit pictures are used, as the pictures to learn from say; the test set has no say.</summary>
    private BitDepth DepthOf(Category category)
    {
        if (depths.TryGetValue($"{category.Root}|{category.Name}", out BitDepth known)) return known;
        PreprocessingOptions pictures = options.Training(0).Preprocessing;
        var start = new BitDepth(pictures.SignificantBits, Measures: true);
        return depths[$"{category.Root}|{category.Name}"] = PictureDecoder.Agree(category.TrainGood, pictures.MaxPicturePixels, start);
    }

    private IEnumerable<Plan> Plans(Category category, FeatureCache cache) =>
        from method in options.Methods
        from shots in options.Shots
        from seed in Enumerable.Range(0, options.Seeds)
        select PlanOf(new RunKey(options.Protocol, category, method, shots, seed), cache);

    private Plan PlanOf(RunKey run, FeatureCache cache)
    {
        ShotDraw draw = options.Draw?.Invoke(run.Category, run.Shots)
            ?? (options.Protocol == EvaluationProtocol.Published
                ? ShotDraw.Published(run.Category, run.Shots, run.Seed)
                : ShotDraw.BySeed(run.Category, run.Shots, run.Seed));
        string known = options.PublishedName(run.Category.Name);
        bool named = options.Protocol == EvaluationProtocol.Published || options.CategoryStates;
        IEnumerable<string> own = named && PublishedPrompts.Categories.Contains(known) ? PublishedPrompts.StatesOf(known) : [];
        string[] states = [.. PublishedPrompts.CommonStates, .. own];
        TrainingOptions training = PromptTask.Adapt(options.Training(run.Seed), run.Method.Prompts);
        var task = new PromptTask(
            run.Method.Prompts, training, PublishedPrompts.ObjectNameOf(known).Replace('_', ' ').Replace('-', ' '), states, draw.Paths,
            KeepsEveryEpoch: options.Protocol == EvaluationProtocol.Published);
        string key = task.Key(backbone, cache, ownContexts: options.Contexts is not null);
        return new Plan(run, draw, task, key, Fingerprint(run, draw, key, cache), IsShown(run));
    }

    /// <summary>One run of each category and method keeps pictures to look at: the one with the most shots and the first seed.</summary>
    private bool IsShown(RunKey run) => run.Seed == 0 && run.Shots == options.Shots.Max();

    /// <summary>
    /// A hash of all that a result depends on. Of test pictures and masks it takes names, lengths and times of writing: their contents must
    /// stay closed until all is learned.
    /// </summary>
    private string Fingerprint(RunKey run, ShotDraw draw, string promptKey, FeatureCache cache)
    {
        IEnumerable<string> test = run.Category.Test.Select(picture =>
            $"{run.Category.Relative(picture.Path)}|{StateOf(picture.Path)}|{picture.DefectType}|"
            + string.Join('|', picture.MaskPaths.Select(StateOf)));
        string[] parts =
        [
            $"{ScoringVersion}", $"{options.Protocol}", run.Method.Name, promptKey, backbone.Hash,
            $"{options.Training(0).Preprocessing}", $"{options.Training(0).Scoring}",
            .. draw.Paths.Select(cache.HashOf), .. options.Poses is { } poses ? (string[])[$"{poses}"] : [], .. test,
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    private static string StateOf(string path) =>
        new FileInfo(path) is { Exists: true } file ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}" : "absent";

    private Learned Learn(
        Plan plan, RunFolder files, TextEncoder? encoder, FeatureCache cache, BenchmarkClock clock, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string step = $"Learning {plan.Run}";
        clock.Report(BenchmarkStage.Learning, step);
        if (plan.Task.Source == PromptSource.None) return clock.Half(BenchmarkStage.Learning, new Learned(plan, null, 0));
        string file = files.Prompts(plan.PromptKey);
        int channels = backbone.Encoder.EmbeddingSize;
        if (EpochPrompts.TryRead(file, channels) is { } known) return clock.Half(BenchmarkStage.Learning, new Learned(plan, known, 0));

        long start = Stopwatch.GetTimestamp();
        var epochs = new SynchronousProgress<TrainingProgress>(state => clock.Report(BenchmarkStage.Learning, step, state.Fraction));
        EpochPrompts prompts = plan.Task.Learn(backbone, encoder!, cache, options.Contexts, epochs, cancellation);
        prompts.Write(file);
        return clock.Half(BenchmarkStage.Learning, new Learned(plan, prompts, Stopwatch.GetElapsedTime(start).TotalSeconds));
    }

    private static IEnumerable<RunResult> Score(
        Learned[] learned,
        Lazy<(CategoryScoring Scoring, UnjudgedPicture[] LeftOut)> category,
        RunFolder files,
        TextEncoder? encoder,
        FeatureCache cache,
        BenchmarkClock clock,
        CancellationToken cancellation)
    {
        foreach (Learned run in learned)
        {
            string step = $"Scoring {run.Plan.Run}";
            clock.Report(BenchmarkStage.Scoring, step);
            float temperature = encoder?.Temperature(run.Plan.Task.Options.Scoring.LogitScale) ?? 0; // without words, nothing depends on it
            (CategoryScoring scoring, UnjudgedPicture[] leftOut) = category.Value;
            RunResult result = scoring.Score(
                run, temperature, new SynchronousProgress<double>(part => clock.Report(BenchmarkStage.Scoring, step, part)), cancellation);
            result = result with
            {
                LeftOut = leftOut,
                Warnings = [.. cache.WarningsOf([.. run.Plan.Draw.Paths, .. scoring.Paths])],
            };
            files.Write(run.Plan.Run, result);
            yield return clock.Half(BenchmarkStage.Scoring, result);
        }
    }
}
