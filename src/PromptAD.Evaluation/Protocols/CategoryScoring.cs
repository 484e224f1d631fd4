using System.Diagnostics;
using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Evaluation.Features;
using PromptAD.Evaluation.Methods;
using PromptAD.Evaluation.Reports;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Training;
using PromptAD.Words;

namespace PromptAD.Evaluation.Protocols;

/// <summary>
/// Scores the test set of one category. Test pictures are opened here and nowhere else. Visual maps depend on the remembered pictures
/// alone, so methods, levels and epochs share them.
/// </summary>
internal sealed class CategoryScoring(Category category, FeatureCache cache, Backbone backbone, BenchmarkOptions options)
{
    private readonly ScoringOptions asked = options.Training(0).Scoring, scoring = options.Training(0).Scoring.For(backbone);
    private readonly int width = backbone.Encoder.Widths[0];
    private readonly Dictionary<string, RegionMemory> memories = [];
    private readonly Dictionary<string, GoodPicture> pictures = []; // those learned from, by their paths
    private readonly Dictionary<string, float[][]> visualMaps = [];
    private readonly Dictionary<string, PatchMemory> patchMemories = [];
    private byte[]?[]? masks;

    /// <summary>The files of the test pictures.</summary>
    public IEnumerable<string> Paths => category.Test.Select(picture => picture.Path);

    /// <summary>Scores every epoch that was kept, picks the best if there are several (mark Q7), and measures it.</summary>
    public RunResult Score(Learned run, float temperature, IProgress<double>? progress, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        bool hasBank = run.Plan.Run.Method is { HasMemory: true, HasWindows: false, Patches: PatchMethod.None };
        float[][]? visual = hasBank ? VisualMaps(run.Plan.Draw.Paths, cancellation) : null;
        int imageEpochs = run.Prompts?.Image.Count ?? 1, pixelEpochs = run.Prompts?.Pixel.Count ?? 1;
        Judge JudgeOf(int image, int pixel) => run.Plan.Run.Method.HasWindows
            ? ByWindows(run, temperature)
            : run.Plan.Run.Method.Patches != PatchMethod.None
            ? ByPatchMethod(run, cancellation)
            : ByPatches(run, temperature, Math.Min(image, imageEpochs - 1), Math.Min(pixel, pixelEpochs - 1), visual, cancellation);
        double total = imageEpochs + pixelEpochs, done = 0;
        T Next<T>(T value)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(++done / total);
            return value;
        }

        bool[] defective = [.. category.Test.Select(picture => picture.IsDefective)];
        var images = new PictureScores[imageEpochs][];
        for (int epoch = 0; epoch < imageEpochs; epoch++)
        {
            Judge judge = JudgeOf(epoch, epoch);
            images[epoch] = Next(Each((i, features) => WithoutMaps(judge.Score(i, features))));
        }
        double[] imageAurocs = [.. images.Select(scores => RankingMetrics.Measure(ScoresOf(scores), defective).Auroc)];
        int bestImage = IndexOfMax(imageAurocs);
        PictureScores[] best = images[bestImage];

        double[] pixelAurocs = new double[pixelEpochs];
        Maps? maps = null;
        for (int epoch = 0; epoch < pixelEpochs; epoch++)
        {
            Maps candidate = Next(Measure(JudgeOf(bestImage, epoch)));
            pixelAurocs[epoch] = candidate.Auroc ?? 0;
            // Without masks there is nothing to pick by, and the last epoch stays.
            bool isBest = maps is null || !candidate.AurocIsKnown || pixelAurocs[epoch] > pixelAurocs[maps.Epoch];
            if (isBest) maps = candidate with { Epoch = epoch };
        }

        double[] finalScores = ScoresOf(best);
        var result = new RunResult
        {
            Protocol = options.Protocol,
            Category = category.Name,
            Method = run.Plan.Run.Method.Name,
            Shots = run.Plan.Run.Shots,
            Seed = run.Plan.Run.Seed,
            Image = RankingMetrics.Measure(finalScores, defective),
            ImageIntervals = RankingMetrics.MeasureIntervals(finalScores, defective),
            Pixel = PixelFigures.Of(maps!.Pixels),
            ImageAurocByEpoch = imageEpochs > 1 ? imageAurocs : [],
            PixelAurocByEpoch = pixelEpochs > 1 && maps.AurocIsKnown ? pixelAurocs : [],
            LearnedFrom = [.. run.Plan.Draw.Paths.Select(category.Relative)],
            UsesPublishedShots = run.Plan.Draw.IsPublished,
            Pictures = [.. category.Test.Select((picture, i) => new ScoredPicture(
                category.Relative(picture.Path), picture.DefectType, best[i].Image, best[i].Textual, best[i].Visual, maps.Peaks[i]))],
            LearnSeconds = run.Seconds,
            Fingerprint = run.Plan.Fingerprint,
        };
        if (run.Plan.IsShown) result = result with { Gallery = Gallery(JudgeOf(bestImage, maps.Epoch), result) };
        return result with { ScoreSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds };
    }

    /// <summary>Reads with the prompts of an epoch; on a common scale, with the scale that the pictures learned from give.</summary>
    private Judge ByPatches(
        Learned run, float temperature, int imageEpoch, int pixelEpoch, float[][]? visual, CancellationToken cancellation)
    {
        Prototypes? image = run.Prompts?.Image[imageEpoch], pixel = run.Prompts?.Pixel[pixelEpoch];
        RegionMemory? memory = run.Plan.Run.Method.HasMemory ? MemoryOf(run.Plan.Draw.Paths, cancellation) : null;
        ScoreScale? scale = scoring.Fusion == ScoreFusion.CommonScale
            ? PictureScorer.ScaleOf(image, pixel, memory?.Unturned, temperature, Varied(run.Plan.Draw.Paths, cancellation), cancellation)
            : null;
        ScoringOptions read = scoring;
        if (image is not null && pixel is not null && memory is not null && scale is not null && WordWeighing.Applies(asked))
        {
            var words = new WordPrototypes(image, pixel);
            var weighing = new WordWeighing(new CopyPainter(), words, temperature, asked, cache.Encoder.Info.Grid)
            {
                Trust = backbone.WordTrust,
            };
            WordWeights weights = weighing.Find([memory], scale, cancellation);
            read = read with { TextWeight = weights.TextWeight, ClassToken = weights.ClassToken };
        }
        var scorer = new PictureScorer(cache.Encoder.Info.Grid, image, pixel, temperature, read, scale);
        return new Judge((i, features) => scorer.Score(features, visual?[i]), scorer.Map);
    }

    /// <summary>
    /// Reads raw values, of which a picture's score is the mean of the highest, and brings what comes of them to 0 to 1.
    /// </summary>
    private Judge ByPatchMethod(Learned run, CancellationToken cancellation)
    {
        string key = $"{run.Plan.Run.Method}|{string.Join('|', run.Plan.Draw.Paths)}";
        if (!patchMemories.TryGetValue(key, out PatchMemory? memory))
        {
            IEnumerable<GoodPicture> good = run.Plan.Draw.Paths.Select(path => ReadGood(path, cancellation));
            memory = patchMemories[key] = PatchMemory.Learn(run.Plan.Run.Method.Patches, cache.Encoder, good, cancellation);
        }
        EncoderInfo encoder = cache.Encoder.Info;
        ScoringOptions top = scoring with { Fusion = ScoreFusion.Harmonic, TopPatches = PatchMemory.TopPatches(encoder) };
        var scorer = new PictureScorer(encoder.Grid, null, null, temperature: 0, top, scale: null);
        PictureScores Score(PictureFeatures features)
        {
            cancellation.ThrowIfCancellationRequested();
            PictureScores raw = scorer.Score(features, memory.Map(features));
            return raw with { Image = memory.ToScore(raw.Image), Visual = memory.ToScore(raw.Image) };
        }
        return new Judge((_, features) => Score(features), scores => Array.ConvertAll(scorer.Map(scores), value => memory.ToScore(value)));
    }

    private Judge ByWindows(Learned run, float temperature)
    {
        WindowFeatures[] references =
            [.. run.Plan.Run.Method.HasMemory ? run.Plan.Draw.Paths.Select(path => cache.GetWindows(path, PictureRole.Reference)) : []];
        var scorer = new WindowScorer(run.Prompts!.Image[0], temperature, cache.Encoder.Info.Grid.Side, width, references);
        // Its maps lie in [0, 1] as they are, so only their upsampling is taken from here.
        ScoringOptions harmonic = scoring with { Fusion = ScoreFusion.Harmonic };
        var maps = new PictureScorer(cache.Encoder.Info.Grid, null, null, temperature, harmonic, scale: null);
        return new Judge((i, features) => scorer.Score(features.Cls, cache.GetWindows(category.Test[i].Path, PictureRole.Query)), maps.Map);
    }

    /// <summary>The memory of good pictures.</summary>
    private RegionMemory MemoryOf(IReadOnlyList<string> references, CancellationToken cancellation)
    {
        string key = string.Join('|', references);
        if (memories.TryGetValue(key, out RegionMemory? known)) return known;
        MemoryBuilder builder = With(references, new MemoryOptions(scoring) { Poses = options.Poses }, cancellation);
        return memories[key] = builder.Build(cancellation)[0];
    }

    /// <summary>Good pictures in other places and lights.</summary>
    private PictureFeatures[] Varied(IReadOnlyList<string> references, CancellationToken cancellation) =>
        [.. With(references, MemoryOptions.ItselfAlone, cancellation).Regions.SelectMany(region => region.Varied(cancellation))];

    private MemoryBuilder With(IReadOnlyList<string> references, MemoryOptions remembered, CancellationToken cancellation)
    {
        var builder = new MemoryBuilder(cache.Encoder, remembered);
        foreach (string path in references) builder.Add(ReadGood(path, cancellation), cancellation);
        return builder;
    }

    private GoodPicture ReadGood(string path, CancellationToken cancellation)
    {
        if (!pictures.TryGetValue(path, out GoodPicture? picture)) pictures.Add(path, picture = cache.ReadGood(path, cancellation));
        return picture;
    }

    private float[][] VisualMaps(IReadOnlyList<string> references, CancellationToken cancellation)
    {
        string key = string.Join('|', references);
        if (visualMaps.TryGetValue(key, out float[][]? known)) return known;
        MemoryBank bank = MemoryOf(references, cancellation).Bank;
        return visualMaps[key] = Each((_, picture) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return bank.VisualMap(picture.Memory);
        });
    }

    private T[] Each<T>(Func<int, PictureFeatures, T> judge) =>
        [.. category.Test.Select((picture, i) => judge(i, cache.Get(picture.Path)))];

    /// <summary>The maps of all pictures at one epoch, measured one after the other and not kept.</summary>
    private Maps Measure(Judge judge)
    {
        byte[]?[] known = masks ??= [.. category.Test.Select(ReadMask)];
        var pixels = new PixelScores();
        double[] peaks = Each((i, features) =>
        {
            float[] map = judge.Map(judge.Score(i, features));
            if (known[i] is { } mask) pixels.Add(map, mask, scoring.MapSize, scoring.MapSize);
            return (double)map.Max();
        });
        bool measurable = pixels.DefectPixels > 0 && pixels.NormalPixels > 0;
        return new Maps(0, pixels, measurable ? pixels.Measure().Ranking.Auroc : null, peaks);
    }

    /// <summary>(size · size); null where the defective pixels are unknown.</summary>
    private byte[]? ReadMask(TestPicture picture)
    {
        DefectMask? mask = options.Protocol == EvaluationProtocol.Published
            ? picture.ReadPublishedMask(scoring.MapSize)
            : picture.ReadMask(scoring.MapSize, scoring.MapSize);
        return mask?.Pixels.ToArray();
    }

    /// <summary>Pictures to look at, drawn from the maps that were measured.</summary>
    private PictureTriple[] Gallery(Judge judge, RunResult result)
    {
        OverlayOptions scale = TripleDrawing.Scale(result.Pictures) with { MaxSide = TripleDrawing.MaxSide };
        long limit = options.Training(0).Preprocessing.MaxPicturePixels;
        return
        [
            .. TripleDrawing.Choose(result.Pictures).Select(i =>
            {
                TestPicture picture = category.Test[i];
                float[] map = judge.Map(judge.Score(i, cache.Get(picture.Path)));
                ScoredPicture scored = result.Pictures[i];
                var whole = new AnomalyMap(scoring.MapSize, scoring.MapSize, map);
                return TripleDrawing.Draw(
                    picture, scored.Path, scored.Score, decoded => Overlay.Render(decoded.Frame, whole, scale), limit,
                    cache.DepthOf(picture.Path));
            }),
        ];
    }

    private static double[] ScoresOf(PictureScores[] pictures) => [.. pictures.Select(picture => (double)picture.Image)];

    // One for each picture and epoch is kept, so maps are not.
    private static PictureScores WithoutMaps(PictureScores scores) => scores with { TextualMap = null, VisualMap = null, FusedMap = [] };

    /// <summary>The first place of the highest value: the published program keeps an epoch until a better one comes.</summary>
    private static int IndexOfMax(double[] values) => Array.IndexOf(values, values.Max());

    /// <summary>How test picture i is scored, and what its map is, (size · size).</summary>
    private sealed record Judge(Func<int, PictureFeatures, PictureScores> Score, Func<PictureScores, float[]> Map);

    /// <summary>The maps of one epoch, measured.</summary>
    private sealed record Maps(int Epoch, PixelScores Pixels, double? Auroc, double[] Peaks)
    {
        public bool AurocIsKnown => Auroc is not null;
    }
}
