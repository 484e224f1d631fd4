// A program as somebody else would write it, with the packages alone: it goes through what an application does, and through the extension
// surface with an encoder of its own. Every line that it prints is in Application.txt.
using System.Numerics.Tensors;
using System.Text.Json;
using PromptAD;
using PromptAD.Encoders;
using PromptAD.Evaluation;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Pictures;
using PromptAD.Results;
using PromptAD.Scoring;
using PromptAD.Training;

const string Detector = "product.promptad", Rejected = "defective-0.png";
using var generator = new PictureGenerator(240);
var product = new Product(ProductKind.HeldOut[0], Seed: 1, Difficulty: 0, InFixture: true);
PictureGroup drawn = generator.DrawGroup(product, seed: 1, clean: 8, pairs: 4);
foreach ((int i, DrawnPicture picture) in drawn.Clean.Index()) PictureEncoder.Save(FrameOf(picture), $"good-{i}.png");
foreach ((int i, DefectivePair pair) in drawn.Pairs.Index()) PictureEncoder.Save(FrameOf(pair.Defective), $"defective-{i}.png");

// Train on two pictures, and calibrate with others.
using Backbone backbone = new BackboneStore().Open(BackboneStore.EmbeddedId);
TrainingOptions usual = TrainingOptions.Recommended;
var trainer = new PromptTrainer(backbone, drawn.Clean[0].Noun, usual with { Optimizer = usual.Optimizer with { Epochs = 3 } });
trainer.AddState("scratch");
bool areNew = trainer.AddGood("good-0.png") & trainer.AddGood(FrameOf(drawn.Clean[1]));
int epochs = 0;
using (AnomalyDetector trained = trainer.Train(new SynchronousProgress<TrainingProgress>(_ => epochs++)))
{
    CalibrationReport report = trained.Calibrate(Enumerable.Range(2, 6).Select(i => trained.Predict($"good-{i}.png")));
    trained.Save(Detector);
    Say("trained", $"{trainer.Shots} shots, both new: {areNew}, {epochs} epochs; calibrated with {report.Counted}");
}

// Predict from a file, a stream and a camera's raw pixels, which are the same pixels here.
using AnomalyDetector detector = AnomalyDetector.Load(Detector, backbone);
Prediction predicted = detector.Predict(Rejected);
using (FileStream file = File.OpenRead(Rejected))
{
    Prediction streamed = detector.Predict(file), raw = detector.Predict(FrameOf(drawn.Pairs[0].Defective));
    Say("predicted", $"stream as file: {streamed.Score == predicted.Score}, frame as file: {raw.Score == predicted.Score}");
}
predicted.SaveOverlay("overlay.png", Rejected);
var inOrder = new List<string>();
IEnumerable<PictureInput> inputs = ((string[])[Rejected, "missing.png", "good-7.png"]).Select(PictureInput.FromFile);
await foreach (StreamedPrediction one in detector.PredictAsync(inputs.ToAsyncEnumerable()))
    inOrder.Add($"{one.Input.Tag} {(one.Error is null ? "judged" : one.Error.Problem)}");
Say("stream", string.Join(", ", inOrder));

// A detector is a value: limits move, and files are changed, without a backbone.
DetectorFile opened = DetectorFile.Open(Detector);
Detector strict = opened.Detector.WithLimits(new LimitOptions { ReviewScore = 0.01f, NGScore = 0.02f, PixelScore = 0.5f });
opened.Save(strict);
Say("limits", $"{PromptAD.Detector.Load(Detector).Limits!.NG}; {strict.Limits!.Judge(0.5f)} at 0.5");
Say("scores kept", $"{strict.GoodScores.Shots.Count > 0}, {strict.GoodScores.Further.Count} of further pictures");

// Reference pictures and feedback.
detector.SetLimits(new LimitOptions { ReviewScore = 0.01f, NGScore = 0.02f, PixelScore = 0.5f });
bool isAdded = detector.AddReferencePicture("good-6.png", isGood: true), isAgain = detector.AddReferencePicture("good-6.png", isGood: true);
FeedbackReport learned = detector.LearnFalseReject(Rejected, new FeedbackOptions { Novelty = FeedbackOptions.SmallestNovelty, Force = true });
Say("learned", $"added: {isAdded}, again: {isAgain}; score falls: {learned.Entry!.ScoreAfter < learned.Entry.ScoreBefore}, "
    + $"{learned.Checks.Count} checked");
float after = detector.Predict(Rejected).Score;
FeedbackEntry undone = detector.UndoFeedback();
Say("undone", $"{undone.Picture}: {detector.Predict(Rejected).Score == predicted.Score && after < predicted.Score}");

// What programs get.
using JsonDocument description = Parse(stream => ResultJson.Write(stream, DetectorDescription.Read(Detector)));
using JsonDocument result = Parse(stream => ResultJson.Write(stream, JudgedPicture.From(Rejected, detector.Predict(Rejected))));
Say("json", $"{description.RootElement.GetProperty("shots")} shots; {result.RootElement.GetProperty("path")} is "
    + $"{result.RootElement.GetProperty("verdict")}");

// Errors are data.
try
{
    _ = PromptAD.Detector.Load(Detector).WithLimits(new LimitOptions { NGRate = 2 });
}
catch (PromptADException e)
{
    Say("error", $"{e.Problem} of {e.Diagnostic.Subject}: given {e.Diagnostic.Given}, must {e.Diagnostic.Allowed}");
}

// Measure.
bool[] areDefective = [.. drawn.Pairs.SelectMany(_ => (bool[])[false, true])];
double[] scores = [.. drawn.Pairs.SelectMany(pair => (double[])[ScoreOf(pair.Clean), ScoreOf(pair.Defective)])];
var pixels = new PixelScores();
foreach (DefectivePair pair in drawn.Pairs)
{
    AnomalyMap map = detector.Predict(FrameOf(pair.Defective)).Map;
    pixels.Add(map.Values.Span, MaskOf(pair.Defective, map.Width), map.Width, map.Height);
}
double image = RankingMetrics.Measure(scores, areDefective).Auroc, pixel = pixels.Measure(0.3).Ranking.Auroc;
Say("measured", $"image AUROC in [0.5, 1]: {image is >= 0.5 and <= 1}, pixel AUROC in [0.5, 1]: {pixel is >= 0.5 and <= 1}");

// An encoder in front of the backbone's own: detectors run on it as they are.
using (var counting = new CountingEncoder(backbone.OpenEncoder()))
{
    using Backbone counted = backbone.With(counting);
    using var same = new AnomalyDetector(detector.Detector, counted);
    Say("encoder in front", $"{same.Predict(Rejected).Score == predicted.Score} after {counting.Runs} run");
}

// An encoder of one's own, with a memory of good pictures and maps, and no words.
var colours = new ColourEncoder();
var preprocessor = new Preprocessor(colours.Info.InputSize, new PreprocessingOptions());
var memory = new MemoryBuilder(colours, MemoryOptions.ItselfAlone);
foreach (DrawnPicture good in drawn.Clean) memory.Add(GoodPicture.Of(FrameOf(good), tiles: null, preprocessor));
MemoryBank bank = memory.Build()[0].Bank;
var scorer = new PictureScorer(colours.Info.Grid, null, null, 1, new ScoringOptions { MapSize = 64, SmoothingSigma = 1 }, scale: null);
PictureScores known = Judge(drawn.Clean[0]), strange = Judge(drawn.Pairs[0].Defective);
Say("encoder of one's own", $"{bank.Rows} patches; known {known.Image < 1e-6}, defect higher {strange.Image > known.Image}, "
    + $"map of {scorer.Map(strange).Length}");
return 0;

static void Say(string what, string found) => Console.WriteLine($"{what}: {found}");

static CameraFrame FrameOf(DrawnPicture picture) => new(picture.Rgb, picture.Size, picture.Size, PixelFormat.Rgb24);

static JsonDocument Parse(Action<Stream> write)
{
    using var stream = new MemoryStream();
    write(stream);
    return JsonDocument.Parse(stream.ToArray());
}

double ScoreOf(DrawnPicture picture) => detector.Predict(FrameOf(picture)).Score;

// Defective wherever a defective pixel comes to lie.
static byte[] MaskOf(DrawnPicture picture, int side)
{
    var mask = new byte[side * side];
    for (int i = 0; i < side * side; i++)
    {
        int x = (i % side) * picture.Size / side, y = (i / side) * picture.Size / side;
        mask[i] = picture.Mask![(y * picture.Size) + x];
    }
    return mask;
}

PictureScores Judge(DrawnPicture picture)
{
    var planes = new byte[preprocessor.Length];
    preprocessor.PrepareQuery(FrameOf(picture), planes);
    PictureFeatures features = colours.Encode(planes);
    return scorer.Score(features, bank.VisualMap(features.Memory));
}

/// <summary>Mean, darkest and brightest level of each colour in 8 x 8 pixels, beside a constant that keeps dark patches apart.</summary>
internal sealed class ColourEncoder : IPatchEncoder
{
    private const int Size = 64, Patch = 8, Side = Size / Patch, Width = 10;

    public EncoderInfo Info { get; } =
        new("colours", "0", Size, Patch, [new LayerShape(Width, new PatchGrid(Side))], EmbeddingSize: 0, FillLevels: [128, 128, 128]);

    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        Span<float> levels = stackalloc float[Patch * Patch];
        for (int patch = 0; patch < Side * Side; patch++)
        {
            Span<float> row = features.Memory[0].AsSpan(patch * Width, Width);
            row[^1] = 1;
            for (int colour = 0; colour < 3; colour++)
            {
                for (int i = 0; i < levels.Length; i++)
                {
                    int y = (patch / Side * Patch) + (i / Patch), x = (patch % Side * Patch) + (i % Patch);
                    levels[i] = picture[(((colour * Size) + y) * Size) + x] / 255f;
                }
                row[3 * colour] = TensorPrimitives.Sum(levels) / levels.Length;
                row[(3 * colour) + 1] = TensorPrimitives.Min(levels);
                row[(3 * colour) + 2] = TensorPrimitives.Max(levels);
            }
        }
    }

    public void Dispose() { }
}

/// <summary>Counts what another encoder does.</summary>
internal sealed class CountingEncoder(IPatchEncoder inner) : IPatchEncoder
{
    public int Runs { get; private set; }

    public EncoderInfo Info => inner.Info;

    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        inner.Encode(picture, features, cancellation);
        Runs++;
    }

    public void Dispose() { }
}
