using System.Globalization;
using PromptAD.Client;
using PromptAD.Imaging;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;

namespace PromptAD.Server.Worker;

/// <summary>What a worker does: from pictures, and often a detector, to another detector's file.</summary>
/// <param name="job">What is asked for.</param>
/// <param name="write">Takes what is to be told.</param>
internal sealed class DetectorWork(WorkerJob job, Action<WorkerLine> write)
{
    private const int ReferencePictures = 32; // of a calibration

    public void Do(CancellationToken cancellation)
    {
        if (job is { Kind: JobKind.Train, Words: not null })
        {
            WordTraining.Run(job, write, cancellation);
            return;
        }
        var settings = new EncoderOptions { Threads = job.Threads };
        var store = new BackboneStore(job.BackboneStore);
        if (job.Kind == JobKind.Train)
        {
            using Backbone backbone = store.Open(job.Backbone ?? store.FindDefault(), settings);
            Train(backbone, cancellation);
            return;
        }
        using AnomalyDetector detector = AnomalyDetector.Load(job.Detector!, settings, store);
        if (job.Kind == JobKind.Calibrate) Calibrate(detector, cancellation);
        else Teach(detector, cancellation);
        foreach (string warning in detector.LimitWarnings) Warn(warning);
        detector.Save(job.Output);
    }

    /// <summary>Rows and columns, such as "2x3".</summary>
    /// <exception cref="PromptADException">The text says no such thing.</exception>
    public static Tiling? ReadTiles(string? text)
    {
        if (text is null) return null;
        string[] parts = text.Split('x');
        if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int columns))
        {
            var tiles = new Tiling(rows, columns);
            tiles.Validate();
            return tiles;
        }
        throw new PromptADException(Problem.InvalidArgument, $"Tiles are '{text}'; they must be rows and columns, such as '2x2'.");
    }

    private void Train(Backbone backbone, CancellationToken cancellation)
    {
        var options = new MemoryTrainingOptions
        {
            Limits = VersionEndpoints.Limits(job.Limits, new LimitOptions()),
            Tiles = ReadTiles(job.Tiles),
        };
        var trainer = new MemoryTrainer(backbone, job.ObjectName, options) { Mask = InspectedPart() };
        foreach ((int i, WorkerPicture picture) in job.Good.Index())
        {
            if (!Named(picture, stream => trainer.AddGood(stream, cancellation)))
                Warn($"{picture.Name} looks the same as one before and does not count.");
            write(new WorkerLine { Progress = 0.9 * (i + 1) / job.Good.Count, Step = "encoding pictures" });
        }
        foreach (Diagnostic warning in trainer.Warnings) Warn(warning.Describe(_ => null));
        write(new WorkerLine { Progress = 0.9, Step = "building the memory" });
        using AnomalyDetector trained = trainer.Train(cancellation);
        foreach (string warning in trained.LimitWarnings) Warn(warning);
        trained.Save(job.Output);
    }

    /// <summary>The region as a mask, which has the size of the first picture.</summary>
    private PictureMask? InspectedPart()
    {
        if (job.Region is not { } region) return null;
        (int width, int height) = Named(job.Good[0], stream =>
        {
            using Picture picture = PictureDecoder.Decode(stream, new PreprocessingOptions().MaxPicturePixels);
            return (picture.Width, picture.Height);
        });
        return new PictureMask(width, height).Inspect(region.Corners());
    }

    private void Calibrate(AnomalyDetector detector, CancellationToken cancellation)
    {
        detector.RemoveGoodReferences(); // of an earlier calibration
        int free = Detector.MaxReferencePictures - detector.ReferencePictures.Count;
        int room = detector.Info.Tiles is null ? Math.Min(ReferencePictures, free) : 0;
        LimitOptions limits = VersionEndpoints.Limits(job.Limits, LimitOptions.ToFindAgain(detector.Limits));
        CalibrationReport report = detector.Calibrate(Judged(detector, room, cancellation), limits, cancellation);
        if (report.Counted < job.Good.Count)
        {
            Warn($"{job.Good.Count - report.Counted} of {job.Good.Count} pictures were left out: they were learned from or are there "
                + "twice.");
        }
        if (report.NearCopies.Count > 0)
            Warn($"The limits may be too low: nearly the same as one that was learned from are {Names(report.NearCopies)}.");
        if (report.Unfamiliar.Count > 0)
            Warn($"The limits may be too high: far from all that was learned are {Names(report.Unfamiliar)}.");
    }

    private IEnumerable<Prediction> Judged(AnomalyDetector detector, int kept, CancellationToken cancellation)
    {
        foreach ((int i, WorkerPicture picture) in job.Good.Index())
        {
            if (i < kept)
                Named(picture, stream => detector.AddReferencePicture(stream, picture.Name, isGood: true, cancellation));
            yield return Named(picture, stream => detector.Predict(stream, cancellation));
            write(new WorkerLine { Progress = (i + 1.0) / job.Good.Count, Step = "judging pictures" });
        }
    }

    private void Teach(AnomalyDetector detector, CancellationToken cancellation)
    {
        int done = 0, all = job.Defects.Count + job.Good.Count;
        foreach (WorkerPicture picture in job.Defects)
        {
            if (!Named(picture, stream => detector.AddReferencePicture(stream, picture.Name, isGood: false, cancellation)))
                Warn($"{picture.Name} is kept already.");
            write(new WorkerLine { Progress = (double)++done / all, Step = "keeping defects" });
        }
        var options = new FeedbackOptions { Force = job.Force };
        foreach (WorkerPicture picture in job.Good)
        {
            FeedbackReport report = Named(picture, stream => detector.LearnFalseReject(stream, picture.Name, options, cancellation));
            foreach (Diagnostic warning in report.Warnings) Warn(warning.Describe(_ => null));
            if (report.Entry is null) Warn($"Nothing in {picture.Name} is new; it was {report.Before} before.");
            else if (report.After != Verdict.OK) Warn($"{picture.Name} is still {report.After}.");
            foreach (ReferencePictureCheck lost in report.Checks.Where(check => check.IsLostDefect))
                Warn($"The kept defect {lost.Name} is OK now.");
            write(new WorkerLine { Progress = (double)++done / all, Step = "learning" });
        }
    }

    /// <summary>Uses a picture; an error names it.</summary>
    private T Named<T>(WorkerPicture picture, Func<Stream, T> use)
    {
        try
        {
            return WorkerFrames.Use(picture, Path.GetDirectoryName(job.Output)!, file =>
            {
                using FileStream stream = File.OpenRead(file);
                return use(stream);
            });
        }
        catch (PromptADException e)
        {
            throw new PromptADException(e.Problem, $"{picture.Name}: {e.Diagnostic.Describe(_ => null)}", e);
        }
    }

    private string Names(IReadOnlyList<int> chosen) => string.Join(", ", chosen.Take(10).Select(i => job.Good[i].Name));

    private void Warn(string text) => write(new WorkerLine { Warning = text });
}
