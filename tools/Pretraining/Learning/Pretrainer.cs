using System.Diagnostics;
using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Files;
using PromptAD.Pretraining.Data;
using PromptAD.Pretraining.Model;
using PromptAD.Pretraining.Text;

using static TorchSharp.torch;

namespace PromptAD.Pretraining.Learning;

/// <summary>How to pretrain.</summary>
internal sealed record PretrainingOptions
{
    /// <summary>Where the state, the vocabulary and the learning curve lie.</summary>
    public required string Folder { get; init; }

    /// <summary>The model's configuration as JSON; needed to begin, read from the state afterwards.</summary>
    public string? Configuration { get; init; }

    /// <summary>The folder of an exported model whose weights a new training begins with; null for random ones.</summary>
    public string? First { get; init; }

    /// <summary>The file of a trunk's weights, where the configuration has one; null to go on.</summary>
    public string? Trunk { get; init; }

    /// <summary>Of all that is random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The length of the whole training in minutes of computing, earlier runs included; 0 where <see cref="Steps"/> says it.</summary>
    public double Minutes { get; init; }

    /// <summary>The length of the whole training in steps; 0 where <see cref="Minutes"/> says it.</summary>
    public long Steps { get; init; }

    /// <summary>Stops this run after so many minutes, to be gone on with later; 0 for not before the end.</summary>
    public double StopAfter { get; init; }

    /// <summary>The highest learning rate.</summary>
    public double Rate { get; init; } = 5e-4;

    /// <summary>Groups in a step.</summary>
    public int Groups { get; init; } = 12;

    /// <summary>How often a group is seen, each time in another frame and light, before newer ones push it out of the cache.</summary>
    public double Reuse { get; init; } = 8;

    /// <summary>Groups kept in memory, about a megabyte each.</summary>
    public int Cache { get; init; } = 2500;

    /// <summary>Worker threads.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Multiplies in BFloat16, which takes a little more than half the time on processors that can.</summary>
    public bool Reduced { get; init; } = true;

    public ScalarType Precision => Reduced ? ScalarType.BFloat16 : ScalarType.Float32;
}

/// <summary>Pretrains a backbone: begins or goes on with a training in a folder.</summary>
internal sealed class Pretrainer(PretrainingOptions options, TextWriter log)
{
    public const string VocabularyFile = "merges.txt", CurveFile = "curve.csv", PauseFile = "PAUSE";
    private const float LogitScale = 10;
    private const int FirstGroups = 192, FirstViews = 800; // made before the first step
    private const int StepsPerRow = 50, StepsPerValidation = 200;
    private const double SecondsPerSave = 240;

    private string StatePath => Path.Combine(options.Folder, TrainingState.FileName);

    /// <summary>Trains until the end, or until this run's time is up.</summary>
    public void Run(CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Folder);
        (ModelWeights weights, Optimizer optimizer, Progress progress) = File.Exists(StatePath) ? TrainingState.Load(StatePath) : Begin();
        using (weights)
        using (optimizer.Average)
        using (optimizer)
        {
            ClipTokenizer tokenizer = ClipTokenizer.Load(Path.Combine(options.Folder, VocabularyFile), weights.Configuration.Text.VocabularySize);
            using var learner = new Learner(weights, optimizer, tokenizer, options.Workers, options.Precision);
            Train(weights, optimizer, tokenizer, learner, progress, cancellation);
        }
    }

    private void Train(
        ModelWeights weights, Optimizer optimizer, ClipTokenizer tokenizer, Learner learner, Progress progress, CancellationToken cancellation)
    {
        bool isFrozen = weights.Configuration.Vision.Trunk is not null;
        int atFirst = isFrozen ? FirstViews : FirstGroups;
        long start = Math.Max(0, progress.Groups - atFirst);
        Views? views = null;
        var validation = new Validation();
        var curve = new LearningCurve(Path.Combine(options.Folder, CurveFile));
        var losses = new List<LossValues>();
        double begun = progress.Seconds, saved = begun;
        try
        {
            while (!cancellation.IsCancellationRequested && Done(progress) < 1 && (options.StopAfter == 0 || progress.Seconds - begun < 60 * options.StopAfter))
            {
                WaitWhilePaused(cancellation);
                double done = Done(progress), rate = options.Rate * Schedule.Rate(done, progress.Steps);
                var random = new Random((int)((options.Seed * 7919L + progress.Steps) % int.MaxValue));
                int size = isFrozen ? Schedule.FrozenSize : Schedule.Size(done, random), references = isFrozen ? 1 : 1 + random.Next(3);
                views ??= Views.Of(weights, options.Seed, size, options.Cache, start);
                long[] groups = Pick(views, random, progress, start, start + atFirst, out long asked);

                long watch = Stopwatch.GetTimestamp();
                losses.Add(learner.Step(groups, (part, changes) => views.Make(part, references, size, changes), rate, progress.Steps + 1, options.Seed));
                progress = new Progress(
                    progress.Steps + 1, asked, progress.Pictures + groups.Length * (references + 2), progress.Seconds + Stopwatch.GetElapsedTime(watch).TotalSeconds);
                if (progress.Steps % StepsPerRow == 0)
                {
                    ValidationScores? scores = progress.Steps % StepsPerValidation == 0 ? validation.Measure(optimizer.Average, tokenizer, options.Precision) : null;
                    Report(curve, progress, rate, size, LossValues.Mean(losses), scores);
                    losses.Clear();
                }
                if (progress.Seconds - saved < SecondsPerSave) continue;
                TrainingState.Save(StatePath, weights, optimizer, progress);
                saved = progress.Seconds;
            }
        }
        finally
        {
            views?.Dispose();
        }
        TrainingState.Save(StatePath, weights, optimizer, progress);
        log.WriteLine($"saved after {progress.Steps} steps, {progress.Pictures} pictures, {progress.Seconds / 60:F1} minutes: {Done(progress):P0} done");
    }

    private double Done(Progress progress) => options.Steps > 0 ? (double)progress.Steps / options.Steps : progress.Seconds / (60 * options.Minutes);

    /// <summary>Some groups of those in the cache; the newest number grows with the steps.</summary>
    private long[] Pick(Views views, Random random, Progress progress, long start, long least, out long newest)
    {
        double fresh = options.Groups / options.Reuse;
        long added = (long)((progress.Steps + 1) * fresh) - (long)(progress.Steps * fresh);
        newest = Math.Max(least, progress.Groups + added);
        long oldest = Math.Max(start, newest - options.Cache + 64);
        var numbers = new HashSet<long>();
        while (numbers.Count < options.Groups) numbers.Add(random.NextInt64(oldest, newest));
        views.Await(newest - 1);
        return [.. numbers];
    }

    private (ModelWeights, Optimizer, Progress) Begin()
    {
        ModelWeights weights = options.First is { } folder ? Exported(folder) : Random();
        log.WriteLine($"begins: {weights.Configuration.ParameterCount:N0} weights, {weights.Configuration.Text.VocabularySize:N0} tokens");
        return (weights, new Optimizer(weights, weights.Copy()), default);
    }

    private ModelWeights Random()
    {
        if (options.Configuration is null) throw new PromptADException(Problem.InvalidArgument, $"'{options.Folder}' holds no training yet; give --config or --first to begin one.");
        IReadOnlyList<string> merges = MergesLearner.Learn();
        AtomicFile.WriteText(Path.Combine(options.Folder, VocabularyFile), writer =>
        {
            writer.WriteLine("#version: 0.2");
            foreach (string merge in merges) writer.WriteLine(merge);
        });
        ClipConfiguration configuration = ClipConfiguration.Parse(options.Configuration);
        configuration = configuration with { Text = configuration.Text with { VocabularySize = ClipTokenizer.ByteTokens + ClipTokenizer.MarkerTokens + merges.Count } };
        ModelWeights weights = ModelWeights.Initialize(configuration, options.Seed, LogitScale);
        StemFilters.Write(weights);
        if (configuration.Vision.Trunk is not null) TakeTrunk(weights);
        return weights;
    }

    private void TakeTrunk(ModelWeights weights)
    {
        string path = options.Trunk
            ?? throw new PromptADException(Problem.InvalidArgument, "The configuration has a trunk; give its weights by --trunk, a file that 'trunk' wrote.");
        using SafetensorsFile trunk = SafetensorsFile.Open(path);
        weights.SetTrunk(trunk.ReadFloats);
        TrunkScale.Write(weights);
    }

    private ModelWeights Exported(string folder)
    {
        using (FileStream merges = File.OpenRead(Path.Combine(folder, VocabularyFile))) AtomicFile.Write(Path.Combine(options.Folder, VocabularyFile), merges.CopyTo);
        return ExportCommand.Read(folder);
    }

    private void Report(LearningCurve curve, Progress progress, double rate, int size, LossValues loss, ValidationScores? scores)
    {
        curve.Add(progress, rate, size, loss, scores);
        string validation = scores is { } s
            ? $" | held out: picture {s.PictureText:F3} patch {s.PatchText:F3} memory {s.PictureMemory:F3} pixel {s.PixelText:F3} {s.PixelMemory:F3}"
            : "";
        log.WriteLine($"{Done(progress),4:P0} step {progress.Steps} {progress.Seconds / 60:F1} min {progress.Pictures / progress.Seconds:F0} pictures/s "
            + $"loss {loss.Total:F3} patch {loss.Patch:F3} picture {loss.Picture:F3} memory {loss.Memory:F3} name {loss.Name:F2} "
            + $"right {loss.PatchRight:F2} {loss.PictureRight:F2} {loss.MemoryRight:F2}{validation}");
    }

    // So that something else can be measured without this in its way.
    private void WaitWhilePaused(CancellationToken cancellation)
    {
        string pause = Path.Combine(options.Folder, PauseFile);
        while (File.Exists(pause) && !cancellation.IsCancellationRequested) Thread.Sleep(TimeSpan.FromSeconds(2));
    }
}
