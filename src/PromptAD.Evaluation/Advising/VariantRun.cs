using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Training;

namespace PromptAD.Evaluation.Advising;

/// <summary>What a variant said of all test copies, and what it cost.</summary>
/// <param name="Variant">What was tried.</param>
/// <param name="Scores">One for each copy.</param>
/// <param name="Turned">One for each of the turned views; null where they were not judged.</param>
/// <param name="Pixel">Pixel AUROC of the copies as they lie.</param>
/// <param name="Training">Processor time of training.</param>
/// <param name="Prediction">Processor time of a prediction.</param>
/// <param name="FileBytes">The size of the detector file.</param>
internal sealed record VariantRun(
    AdviceVariant Variant, double[] Scores, double[]? Turned, double Pixel, TimeSpan Training, TimeSpan Prediction, long FileBytes)
{
    private const double Encoding = 0.7; // the part of learning that it takes, for progress alone

    /// <summary>Trains a variant and lets it judge.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="encoder">What the backbone remembers, to count as work what others did before.</param>
    /// <param name="options">How to train beside what the variant says.</param>
    /// <param name="variant">What to try.</param>
    /// <param name="pictures">What to learn from.</param>
    /// <param name="copies">What to judge.</param>
    /// <param name="judgesTurned">Whether to judge turned copies, too.</param>
    /// <param name="learning">The part of the work that is learning, 0 to 1, roughly.</param>
    /// <param name="done">Told the part that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops within a picture or an epoch.</param>
    public static VariantRun Measure(
        Backbone backbone,
        CachingEncoder encoder,
        AdviceOptions options,
        AdviceVariant variant,
        IReadOnlyList<string> pictures,
        TestCopies copies,
        bool judgesTurned,
        double learning,
        Action<double> done,
        CancellationToken cancellation)
    {
        var clock = new ProcessorClock(encoder);
        using AnomalyDetector detector = Train(
            backbone, TrainingOf(options, variant), options.ObjectName, pictures, part => done(learning * part), cancellation);
        TimeSpan training = clock.Lap(), prediction = TimeSpan.Zero;
        var scores = new double[copies.Count];
        List<double>? turned = judgesTurned ? [] : null;
        var preprocessor = new Preprocessor(backbone.Encoder.InputSize, options.Training.Preprocessing);
        var pixels = new PixelScores();
        foreach ((int i, TestCopy copy) in copies.Make(cancellation).Index())
        {
            clock.Lap();
            Prediction found = detector.Predict(copy.Frame, cancellation);
            prediction += clock.Lap();
            scores[i] = found.Score;
            (int width, int height) = (found.Map.Width, found.Map.Height);
            byte[] mask = copy.Mask is null ? [] : Shrink(copy.Mask, copy.Width, copy.Height, width, height);
            pixels.Add(found.Map.Values.Span, mask, width, height);
            foreach ((_, int quarters) in copies.Turns.Where(turn => turn.Copy == i && turned is not null))
            {
                using Picture view = Turn(copy, preprocessor, quarters);
                turned!.Add(detector.Predict(view.Frame, cancellation).Score);
            }
            done(learning + ((1 - learning) * (i + 1) / copies.Count));
        }
        return new VariantRun(
            variant, scores, turned?.ToArray(), pixels.Measure().Ranking.Auroc, training, prediction / copies.Count,
            SizeOf(detector));
    }

    /// <summary>The options of training that a variant means.</summary>
    public static TrainingOptions TrainingOf(AdviceOptions options, AdviceVariant variant) => options.Training with
    {
        Seed = options.Seed,
        Poses = variant.Poses,
        Tiles = variant.Tiles,
        Scoring = options.Training.Scoring with { MemoryShifts = variant.MemoryShifts ?? options.Training.Scoring.MemoryShifts },
    };

    private static AnomalyDetector Train(
        Backbone backbone, TrainingOptions options, string name, IReadOnlyList<string> pictures, Action<double> done,
        CancellationToken cancellation)
    {
        var trainer = new PromptTrainer(backbone, name, options);
        foreach ((int i, string picture) in pictures.Index())
        {
            trainer.AddGood(picture, cancellation);
            done(Encoding * (i + 1) / pictures.Count);
        }
        var epochs = new SynchronousProgress<TrainingProgress>(state => done(Encoding + ((1 - Encoding) * state.Fraction)));
        return trainer.Train(epochs, cancellation);
    }

    /// <summary>
    /// A copy as its part would look turned by quarters under the same camera, at the encoder's size. What a turn leaves empty shows the
    /// picture mirrored at its border.
    /// </summary>
    private static Picture Turn(TestCopy copy, Preprocessor preprocessor, int quarters)
    {
        byte[] straight = new byte[preprocessor.Length], turned = new byte[preprocessor.Length];
        preprocessor.PrepareReference(copy.Frame, straight);
        new PoseView(90 * quarters, IsMirrored: false).Make(straight, preprocessor.Size, (double)copy.Width / copy.Height, turned);
        return Planes.ToPicture(turned, preprocessor.Size);
    }

    /// <summary>The mask at the map's size; a pixel is defective wherever one comes to lie, so that small defects are not lost.</summary>
    private static byte[] Shrink(byte[] mask, int width, int height, int mapWidth, int mapHeight)
    {
        var shrunk = new byte[mapWidth * mapHeight];
        for (int row = 0; row < mapHeight; row++)
        {
            (int top, int bottom) = Span(row, mapHeight, height);
            for (int column = 0; column < mapWidth; column++)
            {
                (int left, int right) = Span(column, mapWidth, width);
                for (int y = top; y < bottom && shrunk[(row * mapWidth) + column] == 0; y++)
                {
                    if (mask.AsSpan((y * width) + left, right - left).ContainsAnyExcept((byte)0))
                        shrunk[(row * mapWidth) + column] = 255;
                }
            }
        }
        return shrunk;

        static (int Start, int End) Span(int place, int places, int length)
        {
            int start = (int)((long)place * length / places);
            return (start, Math.Max(start + 1, (int)((long)(place + 1) * length / places)));
        }
    }

    /// <summary>
    /// Processor time since it was last asked, all cores added up, in which an encoding that was remembered counts as one that was made.
    /// </summary>
    private sealed class ProcessorClock(CachingEncoder encoder)
    {
        private TimeSpan before = Environment.CpuUsage.TotalTime;
        private long found = encoder.Found;

        public TimeSpan Lap()
        {
            (TimeSpan from, long alreadyFound) = (before, found);
            (before, found) = (Environment.CpuUsage.TotalTime, encoder.Found);
            return before - from + ((found - alreadyFound) * encoder.Cost);
        }
    }

    private static long SizeOf(AnomalyDetector detector)
    {
        string folder = Directory.CreateTempSubdirectory("promptad-advise-").FullName;
        try
        {
            string file = Path.Combine(folder, "detector.promptad");
            detector.Save(file);
            return new FileInfo(file).Length;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
