using System.Reflection;
using PromptAD.Detectors;

namespace PromptAD.Tests.Detectors;

/// <summary>One detector in the hands of sixteen threads that do whatever its members let them do; what they get is what one would.</summary>
public sealed class ManyThreadsTests : DetectorTest
{
    private const int Threads = 16, Steps = 40, Pictures = 4, Taught = 9;
    private static readonly LimitOptions Low = new() { ReviewScore = 0.001f, NGScore = 0.002f, PixelScore = 0.1f };
    private static readonly LimitOptions High = new() { ReviewScore = 0.001f, NGScore = 0.5f, PixelScore = 0.1f };

    private readonly string[] paths;
    private readonly byte[][] encoded;
    private readonly AnomalyDetector shared;
    private readonly Prediction[] before, taught;
    private readonly string taughtPath;
    private readonly Lock teaching = new();
    private int files;

    public ManyThreadsTests()
    {
        paths = [.. Enumerable.Range(20, Pictures).Select(Save)];
        encoded = [.. paths.Select(System.IO.File.ReadAllBytes)];
        taughtPath = Save(Taught);
        shared = AnomalyDetector.Load(File, Backbone);
        shared.SetLimits(Low);
        shared.Save(File);
        before = [.. paths.Select(shared.Predict)];
        shared.LearnFalseReject(taughtPath, new FeedbackOptions { Force = true });
        taught = [.. paths.Select(shared.Predict)];
        shared.UndoFeedback();
    }

    public override void Dispose()
    {
        shared.Dispose();
        base.Dispose();
    }

    [Fact]
    public void Sixteen_threads_get_what_one_gets()
    {
        Assert.Contains(before.Zip(taught), pair => pair.First.Score != pair.Second.Score);
        Action<Random>[] acts = [.. Acts().Values, .. DetectorActs().Values];
        var errors = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            var random = new Random(number);
            try
            {
                // Each begins somewhere else, so that all of them do everything sooner or later.
                for (int step = 0; step < Steps; step++) acts[step < acts.Length ? (step + (number * 7)) % acts.Length : random.Next(acts.Length)](random);
            }
            catch (Exception e)
            {
                lock (errors) errors.Add(e);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        Assert.True(errors.Count == 0, string.Join('\n', errors));
        Assert.Empty(shared.FeedbackHistory);
        for (int i = 0; i < Pictures; i++) AssertSame(before[i], shared.Predict(paths[i]));
        shared.Save(InFolder("last"));
        using AnomalyDetector last = AnomalyDetector.Load(InFolder("last"), Backbone);
        Assert.Equal(shared.ReferencePictures, last.ReferencePictures);
        Assert.Equal(shared.Limits, last.Limits);
    }

    [Fact]
    public void Every_public_member_is_among_them()
    {
        Assert.Equal(Members(typeof(AnomalyDetector)), Acts().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Members(typeof(Detector)), DetectorActs().Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>Methods with the types of what they take, and properties; not what the compiler makes of a record.</summary>
    private static string[] Members(Type type) =>
    [
        .. from member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
           where member is PropertyInfo or MethodInfo { IsSpecialName: false }
               && member.Name is not ("Equals" or "GetHashCode" or "<Clone>$" or nameof(IDisposable.Dispose))
           let takes = (member as MethodInfo)?.GetParameters().Select(one => one.ParameterType.Name)
           select takes is null ? member.Name : $"{member.Name}({string.Join(", ", takes)})" into name
           orderby name
           select name,
    ];

    private Dictionary<string, Action<Random>> Acts()
    {
        var none = CancellationToken.None;
        return new Dictionary<string, Action<Random>>(StringComparer.Ordinal)
        {
            ["Detector"] = _ => Assert.Equal("metal nut", shared.Detector.Metadata.ObjectName),
            ["FeedbackHistory"] = _ => Assert.InRange(shared.FeedbackHistory.Count, 0, 1),
            ["Info"] = _ => Assert.Equal("metal nut", shared.Info.ObjectName),
            ["LimitWarnings"] = _ => Assert.NotNull(shared.LimitWarnings),
            ["Limits"] = _ => AssertWhole(shared.Limits),
            ["MaxPicturePixels"] = _ => shared.MaxPicturePixels = shared.MaxPicturePixels,
            ["Precision"] = _ => Assert.Equal(BackbonePrecision.Float32, shared.Precision),
            ["ReferencePictures"] = _ => Assert.All(shared.ReferencePictures, one => Assert.NotEmpty(one.Name)),
            ["SignificantBits"] = _ => shared.SignificantBits = shared.SignificantBits,
            ["AddReferencePicture(String, Boolean, CancellationToken)"] = random => shared.AddReferencePicture(paths[random.Next(Pictures)], IsEven(random), none),
            ["AddReferencePicture(Stream, String, Boolean, CancellationToken)"] = random =>
                shared.AddReferencePicture(Stream(random.Next(Pictures)), "defect", IsEven(random), none),
            ["Calibrate(IEnumerable`1, LimitOptions, CancellationToken)"] = random => Assert.Equal(
                new CalibrationReport(2, [], []).Counted, shared.Calibrate(new[] { Save(random, 40), Save(random, 41) }.Select(shared.Predict), Low, none).Counted),
            ["Export(String, IReadOnlyCollection`1, ExportOptions, IProgress`1, CancellationToken)"] = random =>
                Assert.InRange(shared.Export(NewFile(), [paths[random.Next(Pictures)]], new ExportOptions(), null, none).ScoreDifference, 0, 2e-5f),
            ["Knows(Prediction)"] = random => shared.Knows(before[random.Next(Pictures)]),
            ["LearnFalseReject(String, FeedbackOptions, CancellationToken)"] = _ =>
                Teach(() => shared.LearnFalseReject(taughtPath, new FeedbackOptions { Force = true }, none)),
            ["LearnFalseReject(Stream, String, FeedbackOptions, CancellationToken)"] = _ => Teach(() =>
                shared.LearnFalseReject(new MemoryStream(System.IO.File.ReadAllBytes(taughtPath)), "taught", new FeedbackOptions { Force = true }, none)),
            ["Predict(Stream)"] = random => Judge(random, i => shared.Predict(Stream(i))),
            ["Predict(ReadOnlySpan`1)"] = random => Judge(random, i => shared.Predict(encoded[i])),
            ["Predict(CameraFrame&)"] = random => Judge(random, i => shared.Predict(Frame(Noise(20 + i)))),
            ["Predict(String)"] = random => Judge(random, i => shared.Predict(paths[i])),
            ["Predict(Stream, CancellationToken)"] = random => Judge(random, i => shared.Predict(Stream(i), none)),
            ["Predict(CameraFrame&, CancellationToken)"] = random => Judge(random, i => shared.Predict(Frame(Noise(20 + i)), none)),
            ["Predict(String, CancellationToken)"] = random => Judge(random, i => shared.Predict(paths[i], none)),
            ["PredictAndReference(String, Boolean, CancellationToken)"] = random =>
                Judge(random, i => shared.PredictAndReference(paths[i], IsEven(random), none).Prediction),
            ["PredictAsync(IAsyncEnumerable`1, Int32, CancellationToken)"] = _ =>
                JudgeAll(shared.PredictAsync(Inputs(), 2, none).ToBlockingEnumerable().Select(one => one.Prediction!)),
            ["PredictAsync(IAsyncEnumerable`1, StreamStep`1, Int32, CancellationToken)"] = _ =>
                JudgeAll(shared.PredictAsync(Inputs(), (judged, in _) => judged.Prediction!, 2, none).ToBlockingEnumerable()),
            ["RemoveGoodReferences()"] = _ => shared.RemoveGoodReferences(),
            ["RemoveReferenceDefect(String)"] = _ => IfThere(() => shared.RemoveReferenceDefect("defect")),
            ["Save(Stream)"] = _ =>
            {
                using var stream = new MemoryStream();
                shared.Save(stream);
                stream.Position = 0;
                AssertWhole(Detector.Load(stream).Limits);
            },
            ["Save(String)"] = _ => AssertSaves(shared.Save),
            ["Save(String, FileContent)"] = _ => AssertSaves(path => shared.Save(path, FileContent.Of(path))),
            ["SetLimits(LimitOptions)"] = random => shared.SetLimits(IsEven(random) ? Low : High),
            ["UndoFeedback()"] = _ => Teach(() => shared.LearnFalseReject(taughtPath, new FeedbackOptions { Force = true })),
            ["Load(Stream, Backbone)"] = random => JudgeOwn(random, () => AnomalyDetector.Load(new MemoryStream(System.IO.File.ReadAllBytes(File)), Backbone)),
            ["Load(String, Backbone)"] = random => JudgeOwn(random, () => AnomalyDetector.Load(File, Backbone)),
            ["Load(Stream, BackboneStore, Int32)"] = random =>
                JudgeOwn(random, () => AnomalyDetector.Load(new MemoryStream(System.IO.File.ReadAllBytes(File)), Store, 1)),
            ["Load(Stream, EncoderOptions, BackboneStore)"] = random => JudgeOwn(
                random, () => AnomalyDetector.Load(new MemoryStream(System.IO.File.ReadAllBytes(File)), new EncoderOptions { Threads = 1 }, Store)),
            ["Load(String, BackboneStore, Int32)"] = random => JudgeOwn(random, () => AnomalyDetector.Load(File, Store, 1)),
            ["Load(String, EncoderOptions, BackboneStore)"] = random => JudgeOwn(random, () => AnomalyDetector.Load(File, new EncoderOptions { Threads = 1 }, Store)),
        };
    }

    /// <summary>A detector is a value: these look at one version, whatever becomes of it meanwhile.</summary>
    private Dictionary<string, Action<Random>> DetectorActs() => new(StringComparer.Ordinal)
    {
        ["FeedbackHistory"] = _ => Assert.InRange(shared.Detector.FeedbackHistory.Count, 0, 1),
        ["GoodScores"] = _ => Assert.NotNull(shared.Detector.GoodScores.Further),
        ["Info"] = _ => Assert.Equal("metal nut", shared.Detector.Info.ObjectName),
        ["IsChecked"] = _ => Assert.True(Detector.Load(File).IsChecked),
        ["LimitWarnings"] = _ => Assert.NotNull(shared.Detector.LimitWarnings),
        ["Limits"] = _ => AssertWhole(shared.Detector.Limits),
        ["MemoryEncoder"] = _ => Assert.Equal(Model.MemoryEncoder, shared.Detector.MemoryEncoder),
        ["ReferencePictures"] = _ => Assert.All(shared.Detector.ReferencePictures, one => Assert.NotEmpty(one.Name)),
        ["WordEncoder"] = _ => Assert.Equal(Model.WordEncoder, shared.Detector.WordEncoder),
        ["Save(Stream)"] = _ => shared.Detector.Save(new MemoryStream()),
        ["Save(String)"] = _ => AssertSaves(shared.Detector.Save),
        ["ToString()"] = _ => Assert.Contains("metal nut", shared.Detector.ToString()),
        ["WithLimits(LimitOptions)"] = random => AssertWhole(shared.Detector.WithLimits(IsEven(random) ? Low : High).Limits),
        ["WithoutGoodReferences()"] = _ => Assert.DoesNotContain(shared.Detector.WithoutGoodReferences().ReferencePictures, one => one.IsGood),
        ["WithoutLastFeedback()"] = _ => IfThere(() => Assert.Empty(shared.Detector.WithoutLastFeedback().FeedbackHistory)),
        ["WithoutReferenceDefect(String)"] = _ => IfThere(() => shared.Detector.WithoutReferenceDefect("defect")),
        ["Load(Stream)"] = _ => AssertWhole(Detector.Load(new MemoryStream(System.IO.File.ReadAllBytes(File))).Limits),
        ["Load(String)"] = _ => AssertWhole(Detector.Load(File).Limits),
    };

    private static bool IsEven(Random random) => random.Next(2) == 0;

    private static void AssertWhole(Limits? limits) => Assert.True(limits is { Review.Score: 0.001f, NG.Score: 0.002f or 0.5f, Pixel.Score: 0.1f }, $"{limits}");

    private static void AssertSame(Prediction expected, Prediction found)
    {
        Assert.Equal(expected.Score, found.Score);
        Assert.Equal(expected.Map.Values.ToArray(), found.Map.Values.ToArray());
    }

    private static void IfThere(Action act)
    {
        try
        {
            act();
        }
        catch (PromptADException e) when (e.Problem is Problem.Missing or Problem.InvalidArgument)
        {
            // Another thread was faster.
        }
    }

    /// <summary>A picture is judged by what was learned or by what was not, never by a part of it.</summary>
    private void Judge(Random random, Func<int, Prediction> predict)
    {
        int i = random.Next(Pictures);
        Judged(i, predict(i));
    }

    private void JudgeAll(IEnumerable<Prediction> predictions)
    {
        int i = 0;
        foreach (Prediction one in predictions) Judged(i++, one);
        Assert.Equal(Pictures, i);
    }

    private void Judged(int i, Prediction found)
    {
        // What was learned may change a picture's map, and not its score.
        AssertSame(found.Map.Values.Span.SequenceEqual(before[i].Map.Values.Span) ? before[i] : taught[i], found);
        Assert.Contains(found.Verdict, (Verdict[])[Verdict.Review, Verdict.NG]);
    }

    private void JudgeOwn(Random random, Func<AnomalyDetector> load)
    {
        int i = random.Next(Pictures);
        using AnomalyDetector own = load();
        AssertSame(before[i], own.Predict(paths[i]));
    }

    /// <summary>One at a time learns and forgets; the others see one of both.</summary>
    private void Teach(Func<FeedbackReport> learn)
    {
        lock (teaching)
        {
            Assert.NotNull(learn().Entry);
            Assert.Equal(1, shared.UndoFeedback().Number);
        }
    }

    private string NewFile() => InFolder($"file-{Interlocked.Increment(ref files)}");

    private void AssertSaves(Action<string> save)
    {
        string path = NewFile();
        save(path);
        AssertWhole(Detector.Load(path).Limits);
        System.IO.File.Delete(path);
    }

    private MemoryStream Stream(int i) => new(encoded[i]);

    private async IAsyncEnumerable<PictureInput> Inputs()
    {
        foreach (string path in paths)
        {
            await Task.Yield();
            yield return PictureInput.FromFile(path);
        }
    }

    /// <summary>A picture that nobody has seen, in a file of its own.</summary>
    private string Save(Random random, int seed)
    {
        string path = NewFile() + ".png";
        PromptAD.Imaging.PictureEncoder.Save(Frame(Noise(1000 + (random.Next(1 << 20) * 64) + seed)), path);
        return path;
    }
}
