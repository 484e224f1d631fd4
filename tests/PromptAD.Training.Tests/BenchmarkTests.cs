using PromptAD.Evaluation;
using PromptAD.Imaging;

namespace PromptAD.Training.Tests;

public sealed class BenchmarkTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    private string Out => Path.Combine(folder, "out");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Opens_no_test_picture_before_learning_is_over()
    {
        // The test pictures are not there at all while prompts are learned: whoever looked at one would fail.
        Category category = DrawCategory();
        string hidden = Path.Combine(folder, "hidden");
        Directory.Move(Path.Combine(category.Root, "test"), hidden);
        bool isScoring = false;
        var progress = new SynchronousProgress<BenchmarkProgress>(state =>
        {
            if (isScoring) Assert.Equal(BenchmarkStage.Scoring, state.Stage); // no learning after a test picture was seen
            if (isScoring || state.Stage != BenchmarkStage.Scoring) return;
            isScoring = true;
            Directory.Move(hidden, Path.Combine(category.Root, "test"));
        });
        IReadOnlyList<RunResult> results = Run(category, new BenchmarkOptions { Methods = EvaluationMethod.All, Shots = [1, 2], Seeds = 2 }, progress);
        Assert.True(isScoring);
        Assert.Equal(EvaluationMethod.All.Count * 4, results.Count);
    }

    [Fact]
    public void What_it_learns_does_not_depend_on_the_test_pictures()
    {
        Category category = DrawCategory();
        Run(category, new BenchmarkOptions { Shots = [2], Seeds = 1 });
        string prompts = Assert.Single(Directory.GetFiles(Path.Combine(Out, "prompts")));
        byte[] before = File.ReadAllBytes(prompts);
        foreach (TestPicture picture in category.Test) Draw(picture.Path, seed: 1000 + picture.Path.Length);
        Directory.Delete(Out, recursive: true);
        Run(category, new BenchmarkOptions { Shots = [2], Seeds = 1 });
        Assert.Equal(before, File.ReadAllBytes(prompts));
    }

    [Fact]
    public void A_benchmark_that_was_stopped_twice_ends_as_an_undisturbed_one()
    {
        Category category = DrawCategory();
        var options = new BenchmarkOptions { Methods = [EvaluationMethod.PromptAD, EvaluationMethod.Coop, EvaluationMethod.Memory], Shots = [1], Seeds = 2 };
        RunResult[] undisturbed = [.. Run(category, options)];
        Directory.Delete(Out, recursive: true);

        StopAt(category, options, BenchmarkStage.Learning);
        Assert.False(Directory.Exists(Path.Combine(Out, "runs")));
        StopAt(category, options, BenchmarkStage.Scoring);
        Dictionary<string, DateTime> finished = Directory.GetFiles(Path.Combine(Out, "runs")).ToDictionary(path => path, File.GetLastWriteTimeUtc);
        Assert.InRange(finished.Count, 1, 5);
        RunResult[] resumed = [.. Run(category, options)];

        Assert.Equal(undisturbed.Select(Figures), resumed.Select(Figures));
        Assert.All(finished, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key))); // nothing double
    }

    [Fact]
    public void Runs_again_what_is_damaged_and_what_depends_on_something_that_changed()
    {
        Category category = DrawCategory();
        var options = new BenchmarkOptions { Methods = [EvaluationMethod.Memory], Shots = [1], Seeds = 2 };
        RunResult[] first = [.. Run(category, options)];
        string[] files = [.. Directory.GetFiles(Path.Combine(Out, "runs")).Order()];
        File.WriteAllText(files[0], "{ half a res");
        foreach (string feature in Directory.GetFiles(Path.Combine(Out, "features"))) File.WriteAllText(feature, "no tensors");
        Assert.Equal(first.Select(Figures), Run(category, options).Select(Figures));

        Draw(category.TrainGood[0], seed: 77);
        Draw(category.TrainGood[1], seed: 78);
        Draw(category.TrainGood[2], seed: 79);
        Assert.NotEqual(first.Select(run => run.Fingerprint), Run(category, options).Select(run => run.Fingerprint));
    }

    [Fact]
    public void Runs_again_when_a_test_picture_changed_even_to_one_of_the_same_length()
    {
        Category category = DrawCategory();
        var options = new BenchmarkOptions { Methods = [EvaluationMethod.Memory], Shots = [1], Seeds = 1 };
        string before = Assert.Single(Run(category, options)).Fingerprint;
        File.SetLastWriteTimeUtc(category.Test[0].Path, DateTime.UtcNow.AddHours(1));
        Assert.NotEqual(before, Assert.Single(Run(category, options)).Fingerprint);
    }

    [Fact]
    public void Asked_for_more_shots_it_keeps_what_is_there()
    {
        Category category = DrawCategory();
        var options = new BenchmarkOptions { Methods = [EvaluationMethod.Memory], Shots = [1], Seeds = 2 };
        Run(category, options);
        Dictionary<string, DateTime> finished = Directory.GetFiles(Path.Combine(Out, "runs")).ToDictionary(path => path, File.GetLastWriteTimeUtc);
        RunResult[] more = [.. Run(category, options with { Shots = [1, 2] })];
        Assert.All(finished, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key)));
        Assert.NotEmpty(more.Single(run => run is { Shots: 2, Seed: 0 }).Gallery); // the report shows these pictures now
    }

    [Fact]
    public void Sweeps_up_what_a_killed_benchmark_was_writing_and_nothing_else()
    {
        string half = Path.Combine(Out, "runs", ".01ab23cd.tmp"), own = Path.Combine(Out, "notes.tmp");
        Directory.CreateDirectory(Path.GetDirectoryName(half)!);
        File.WriteAllText(half, "{ half");
        File.WriteAllText(own, "mine");
        Run(DrawCategory(), new BenchmarkOptions { Methods = [EvaluationMethod.Memory], Shots = [1], Seeds = 1 });
        Assert.False(File.Exists(half));
        Assert.True(File.Exists(own));
    }

    [Fact]
    public void Categories_whose_names_differ_only_in_signs_do_not_share_a_file()
    {
        Category category = DrawCategory();
        Category[] both = [category with { Name = "part/1" }, category with { Name = "part:1" }];
        var benchmark = new Benchmark(tiny.Backbone, new BenchmarkOptions { Methods = [EvaluationMethod.Memory], Shots = [1], Seeds = 1, Epochs = 3 });
        Assert.Equal(["part/1", "part:1"], benchmark.Run(both, Out).Select(run => run.Category));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(Out, "runs")).Length);
    }

    [Fact]
    public void The_published_protocol_shows_the_last_maps_where_no_mask_lets_it_pick()
    {
        Category category = DrawCategory();
        category = category with { Test = [.. category.Test.Select(picture => picture with { MaskPaths = [] })] };
        var options = new BenchmarkOptions { Protocol = EvaluationProtocol.Published, Shots = [2], Seeds = 1 };
        RunResult picked = Assert.Single(Run(category, options));
        Assert.Null(picked.Pixel);
        Assert.Empty(picked.PixelAurocByEpoch);
        Assert.Equal(3, picked.ImageAurocByEpoch.Count);
    }

    [Fact]
    public void The_published_protocol_picks_the_epoch_that_is_best_on_the_test_set()
    {
        var options = new BenchmarkOptions { Protocol = EvaluationProtocol.Published, Shots = [2], Seeds = 1 };
        RunResult picked = Assert.Single(Run(DrawCategory(), options));
        Assert.Equal(3, picked.ImageAurocByEpoch.Count);
        Assert.Equal(3, picked.PixelAurocByEpoch.Count);
        Assert.Equal(picked.ImageAurocByEpoch.Max(), picked.Image.Auroc);
        Assert.Equal(picked.PixelAurocByEpoch.Max(), picked.Pixel!.Ranking.Auroc);
    }

    [Fact]
    public void Methods_differ_in_what_they_have()
    {
        IReadOnlyList<RunResult> results = Run(DrawCategory(), new BenchmarkOptions { Methods = EvaluationMethod.All, Shots = [1], Seeds = 1 });
        Assert.Equal(EvaluationMethod.All.Select(method => method.Name), results.Select(run => run.Method));
        foreach (RunResult run in results)
        {
            EvaluationMethod method = EvaluationMethod.Parse(run.Method);
            Assert.All(run.Pictures, picture => Assert.Equal(method.HasMemory, picture.VisualScore is not null));
            Assert.All(run.Pictures, picture => Assert.Equal(method.HasWords, picture.TextScore is not null));
            Assert.Equal(4, run.Gallery.Count(triple => triple.Outline is not null));
        }
        // Each source of prompts gives other words; the ones with and without memory share theirs.
        string[] texts = [.. results.Where(run => run.Pictures[0].TextScore is not null).Select(run => $"{run.Pictures[0].TextScore}")];
        Assert.Equal(4, texts.Distinct().Count());
        Assert.Equal(4, Directory.GetFiles(Path.Combine(Out, "prompts")).Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(50.0)]
    public void Agrees_with_the_trainer_and_the_detector(double? turn)
    {
        Category category = DrawCategory();
        PoseOptions? poses = turn is null ? null : new PoseOptions { Turn = turn, MostRows = 60 };
        RunResult run = Assert.Single(Run(category, new BenchmarkOptions { Shots = [2], Seeds = 1, Poses = poses }));
        var training = TrainingOptions.Recommended with { Optimizer = new OptimizerOptions { Epochs = 3 }, Poses = poses };
        var trainer = new PromptTrainer(tiny.Backbone, "part", training);
        foreach (string name in run.LearnedFrom) trainer.AddGood(Path.Combine(category.Root, name));
        using AnomalyDetector detector = trainer.Train();
        RunResult evaluated = DetectorEvaluation.Run(detector, category);
        Assert.All(run.Pictures.Zip(evaluated.Pictures), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-6));
        Assert.Equal(run.Pixel!.Ranking.Auroc, evaluated.Pixel!.Ranking.Auroc, 1e-6);
    }

    [Fact]
    public void A_detector_with_tiles_is_measured_on_its_larger_maps()
    {
        Category category = DrawCategory();
        TrainingOptions options = TinyBackbone.Short() with { Tiles = new Tiling(1, 2) };
        var trainer = new PromptTrainer(tiny.Backbone, "part", options);
        trainer.AddGood(category.TrainGood[0]);
        using AnomalyDetector detector = trainer.Train();
        RunResult evaluated = DetectorEvaluation.Run(detector, category);
        var pixels = new PixelScores();
        foreach (TestPicture picture in category.Test)
            pixels.Add(detector.Predict(picture.Path).Map.Values.Span, picture.ReadMask(58, 32)!.Pixels, 58, 32);
        Assert.Equal(PixelFigures.Of(pixels)!.Ranking.Auroc, evaluated.Pixel!.Ranking.Auroc, 1e-12);
    }

    [Fact]
    public void Says_which_category_has_too_few_pictures()
    {
        PromptADException error = Assert.Throws<PromptADException>(() => Run(DrawCategory(), new BenchmarkOptions { Shots = [9], Seeds = 1 }));
        Assert.Equal("part has 3 good pictures to learn from, fewer than the 9 shots asked for. Ask for fewer or add pictures.", error.Message);
    }

    [Fact]
    public void Refuses_a_folder_that_another_benchmark_is_using()
    {
        Directory.CreateDirectory(Out);
        using var other = new FileStream(Path.Combine(Out, ".in-use"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.StartsWith("Cannot use the output folder", Assert.Throws<PromptADException>(() => Run(DrawCategory(), new BenchmarkOptions())).Message);
    }

    private static string Figures(RunResult run) =>
        $"{run.Category} {run.Method} {run.Shots} {run.Seed} {run.Image} {run.ImageIntervals} {run.Pixel} {string.Join(' ', run.Pictures)} {string.Join(' ', run.LearnedFrom)}";

    private IReadOnlyList<RunResult> Run(
        Category category, BenchmarkOptions options, IProgress<BenchmarkProgress>? progress = null, CancellationToken cancellation = default) =>
        new Benchmark(tiny.Backbone, options with { Epochs = 3 }).Run([category], Out, progress, cancellation);

    /// <summary>Stops at the second run of a stage, in the middle of it.</summary>
    private void StopAt(Category category, BenchmarkOptions options, BenchmarkStage stage)
    {
        using var source = new CancellationTokenSource();
        string first = "";
        var progress = new SynchronousProgress<BenchmarkProgress>(state =>
        {
            if (state.Stage != stage) return;
            if (first.Length == 0) first = state.Step;
            else if (state.Step != first) source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Run(category, options, progress, source.Token));
    }

    /// <summary>Three pictures to learn from, four good and four defective ones to test with, of noise.</summary>
    private Category DrawCategory()
    {
        string root = Path.Combine(folder, "part");
        for (int i = 0; i < 3; i++) Draw(Path.Combine(root, "train", "good", $"{i}.png"), i);
        for (int i = 0; i < 4; i++) Draw(Path.Combine(root, "test", "good", $"{i}.png"), 10 + i);
        for (int i = 0; i < 4; i++)
        {
            Draw(Path.Combine(root, "test", "hole", $"{i}.png"), 20 + i, defective: true);
            Draw(Path.Combine(root, "ground_truth", "hole", $"{i}_mask.png"), seed: -1, defective: true);
        }
        return Assert.Single(Dataset.Open(root).Categories);
    }

    /// <summary>Noise, black for a mask; a defect is a white square.</summary>
    private static void Draw(string path, int seed, bool defective = false)
    {
        const int Side = 64, First = 20, Last = 34;
        var pixels = new byte[Side * Side * 3];
        if (seed >= 0) new Random(seed).NextBytes(pixels);
        for (int y = First; defective && y < Last; y++) pixels.AsSpan(((y * Side) + First) * 3, (Last - First) * 3).Fill(255);
        PictureEncoder.Save(new CameraFrame(pixels, Side, Side, PixelFormat.Rgb24), path);
    }
}
