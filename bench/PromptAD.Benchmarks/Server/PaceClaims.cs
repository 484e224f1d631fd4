using System.Diagnostics;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Client;

namespace PromptAD.Benchmarks.Server;

/// <summary>How fast the service is beside the library.</summary>
internal static class PaceClaims
{
    private const string Product = "plate";
    private const int Senders = 8, Rounds = 3, LargePictures = 48, SmallPictures = 100;
    private const double Percent = 100, Milliseconds = 1000;

    public static IEnumerable<Ratio> List(ServerWork work)
    {
        var large = new Lazy<LargePace>(() => MeasureLargeAsync(work).GetAwaiter().GetResult());
        yield return new Ratio(
            "throughput: ViT-B-16-plus-240, of the encoder's alone",
            Target.AtLeast(90, "%"), () => Percent * large.Value.Service / large.Value.Encoder);
        yield return new Ratio(
            "latency: at half that load, beside its own stages, median", Target.AtMost(15, " ms"), () => large.Value.MedianAdded);
        yield return new Ratio(
            "latency: the same, 99th percentile", Target.AtMost(40, " ms"), () => large.Value.HighAdded);
        yield return new Ratio(
            "latency: median of the whole, of the library's at the same pace",
            Target.AtMost(110, "%"), () => Percent * large.Value.MedianWhole / large.Value.Library);
        yield return new Ratio(
            "embedded: throughput, of the library's stream",
            Target.AtLeast(80, "%"), () => MeasureSmallAsync(work).GetAwaiter().GetResult());
    }

    /// <param name="Service">Inspections a second.</param>
    /// <param name="Encoder">Pictures a second, one after the other, while the service has nothing to do.</param>
    /// <param name="MedianAdded">Milliseconds beside the stages that the service tells of the same inspection.</param>
    /// <param name="HighAdded">The same, 99th percentile.</param>
    /// <param name="MedianWhole">Milliseconds of an inspection.</param>
    /// <param name="Library">Milliseconds of a prediction by the library in this process, the median.</param>
    private sealed record LargePace(
        double Service, double Encoder, double MedianAdded, double HighAdded, double MedianWhole, double Library);

    private static async Task<LargePace> MeasureLargeAsync(ServerWork work)
    {
        Backbone backbone = work.Workplace.Backbone;
        int side = backbone.Configuration.Vision.ImageSize;
        byte[] pixels = PredictionWork.Noise(3 * side * side), picture = PredictionWork.Jpeg();
        Detector model = PredictionWork.Model(backbone);
        await using Site site = await Site.OpenAsync(work.Workplace.Store.Folder);
        await site.ImportAsync(Product, model);
        using InspectionClient client = site.Station(TimeSpan.Zero);
        long number = 0;
        Task<InspectionResult> Send() => client.InspectAsync(Product, DrawnPart.Numbered(picture, Interlocked.Increment(ref number)));

        double service = 0, encoder = 0;
        await Load.SaturateAsync(Senders, Senders, _ => Send()); // warm
        backbone.Clip.Encode(pixels, 1).Dispose();
        for (int round = 0; round < Rounds; round++)
        {
            double seconds = Clock.Seconds(() =>
            {
                for (int i = 0; i < LargePictures; i++) backbone.Clip.Encode(pixels, 1).Dispose();
            });
            encoder = Math.Max(encoder, LargePictures / seconds);
            service = Math.Max(service, await Load.SaturateAsync(Senders, LargePictures, _ => Send()));
        }

        // The library judges at the same pace, in turns with the service: an encoder that has rested is slower than one that has not.
        using var library = new AnomalyDetector(model, backbone, ownsBackbone: false);
        List<(double Seconds, InspectionResult Answer)> arrived = [];
        List<double> alone = [];
        for (int round = 0; round < Rounds; round++)
        {
            arrived.AddRange(await Load.ArriveAsync(2 / service, work.Sizes.Arrivals / Rounds, _ => Send()));
            (double Seconds, Prediction)[] judged =
                await Load.ArriveAsync(2 / service, work.Sizes.Arrivals / Rounds, _ => Task.Run(() => library.Predict(picture)));
            alone.AddRange(judged.Select(one => Milliseconds * one.Seconds));
        }
        double[] added = [.. arrived.Select(one => (Milliseconds * one.Seconds) - Stages(one.Answer))];
        return new LargePace(
            service, encoder, Load.Quantile(added, 0.5), Load.Quantile(added, 0.99),
            Load.Quantile(arrived.Select(one => Milliseconds * one.Seconds), 0.5), Load.Quantile(alone, 0.5));
    }

    /// <summary>What judging alone took. Waiting for it is left out: it is what a service adds.</summary>
    private static double Stages(InspectionResult result) => result.Milliseconds is { } times
        ? times.Decode + times.Prepare + times.Encode + times.Score
        : throw new InvalidOperationException($"Inspection {result.Id} has no times.");

    private static async Task<double> MeasureSmallAsync(ServerWork work)
    {
        byte[] picture = PredictionWork.Jpeg();
        await using Site site = await Site.OpenAsync(work.Workplace.Store.Folder);
        await site.ImportAsync(Product, work.Part.Detector);
        using InspectionClient client = site.Station(TimeSpan.Zero);
        using var library = new AnomalyDetector(work.Part.Detector, work.Workplace.Embedded, ownsBackbone: false);
        long number = 0;
        Task Send() => client.InspectAsync(Product, DrawnPart.Numbered(picture, Interlocked.Increment(ref number)));

        double service = 0, stream = 0;
        await Load.SaturateAsync(Senders, SmallPictures, _ => Send()); // warm
        await StreamAsync(library, picture);
        for (int round = 0; round < Rounds; round++)
        {
            stream = Math.Max(stream, await StreamAsync(library, picture));
            service = Math.Max(service, await Load.SaturateAsync(Senders, SmallPictures, _ => Send()));
        }
        return Percent * service / stream;
    }

    /// <returns>Pictures a second.</returns>
    private static async Task<double> StreamAsync(AnomalyDetector detector, byte[] picture)
    {
        long start = Stopwatch.GetTimestamp();
        IAsyncEnumerable<PictureInput> inputs =
            Enumerable.Range(0, SmallPictures).Select(_ => PictureInput.FromEncoded(picture)).ToAsyncEnumerable();
        await foreach (StreamedPrediction result in detector.PredictAsync(inputs).ConfigureAwait(false))
        {
            if (result.Error is not null) throw result.Error;
        }
        return SmallPictures / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
