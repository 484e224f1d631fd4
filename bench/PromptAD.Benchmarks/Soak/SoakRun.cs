using System.Diagnostics;
using PromptAD.Benchmarks.Server;
using PromptAD.Client;

namespace PromptAD.Benchmarks.Soak;

/// <summary>
/// A plant's day, faster: pictures at fixed moments, 40 % as many a second as at most; every sixth is reviewed; somebody looks at lists, the
/// counts and an overlay; somebody listens to results; and new versions of the product come into force.
/// </summary>
/// <param name="work">What the measurements of the service share.</param>
/// <param name="length">How long.</param>
internal sealed class SoakRun(ServerWork work, TimeSpan length)
{
    private const string Product = "plate";
    private const int Windows = 100, BetweenReviews = 6, Calibrating = 300, Senders = 2, BetweenVersions = 5; // versions: windows
    private const double Pace = 0.4;

    /// <summary>Runs, and measures in a hundred windows of equal length.</summary>
    public async Task<List<SoakWindow>> RunAsync()
    {
        await using Site site = await Site.OpenAsync(work.Workplace.Store.Folder);
        await site.ImportAsync(Product, work.Part.Detector);
        using InspectionClient station = site.Station(TimeSpan.Zero), reviewer = site.Reviewer();
        long number = 0;
        double most = await Load.SaturateAsync(Senders, Calibrating, _ => SendAsync(station, Interlocked.Increment(ref number)));
        double interval = 1 / (most * Pace);
        int count = Math.Max(1, (int)(length.TotalSeconds / Windows / interval));
        using var end = new CancellationTokenSource();
        Task listening = ListenAsync(reviewer, end.Token);
        var windows = new List<SoakWindow>();
        long start = Stopwatch.GetTimestamp();
        for (int window = 0; window < Windows; window++)
        {
            if (window % BetweenVersions == 0) await site.ImportAsync(Product, work.Part.Another(window));
            int failures = 0;
            (double Seconds, InspectionResult? Answer)[] all = await Load.ArriveAsync(interval, count, async _ =>
            {
                long own = Interlocked.Increment(ref number);
                try
                {
                    InspectionResult result = await SendAsync(station, own);
                    if (own % BetweenReviews == 0) await reviewer.ReviewAsync(result.Id, ReviewedAs.Good);
                    return result;
                }
                catch (Exception e) when (e is InspectionServiceException or HttpRequestException)
                {
                    Interlocked.Increment(ref failures);
                    return null;
                }
            });
            await LookAsync(reviewer, all.Last().Answer);
            double[] times = [.. all.Where(one => one.Answer is not null).Select(one => one.Seconds * 1000)];
            windows.Add(new SoakWindow(
                Stopwatch.GetElapsedTime(start), site.Service.ResidentMegabytes, site.Service.Handles, site.Service.Threads,
                Load.Quantile(times, 0.5), Load.Quantile(times, 0.99), all.Length, failures));
            if ((window + 1) % (Windows / 10) == 0) Console.Error.WriteLine(FormattableString.Invariant($"{window + 1} %: {windows[^1]}"));
        }
        await end.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return windows;
    }

    private Task<InspectionResult> SendAsync(InspectionClient station, long number) => station.InspectAsync(
        Product, work.Part.Picture(number), new InspectionOptions { Part = $"part-{number}" });

    private static async Task LookAsync(InspectionClient reviewer, InspectionResult? last)
    {
        await reviewer.ListInspectionsAsync(new InspectionFilter { Product = Product, Limit = 100 });
        await reviewer.CountInspectionsAsync(new InspectionFilter { Product = Product });
        await reviewer.ListStationsAsync();
        if (last is not null) await reviewer.GetOverlayAsync(last.Id);
    }

    private static async Task ListenAsync(InspectionClient reviewer, CancellationToken cancellation)
    {
        await foreach (LiveEvent _ in reviewer.ListenAsync(cancellation: cancellation))
        {
            // What counts is that the service tells it.
        }
    }
}

/// <summary>What was seen in a hundredth of the time.</summary>
/// <param name="Since">The time since the start, at its end.</param>
/// <param name="Megabytes">What is resident of the service's process.</param>
/// <param name="Handles">The files and sockets that it has open.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Median">The median of the times to an answer, in ms.</param>
/// <param name="Slow">Their 99th percentile.</param>
/// <param name="Pictures">How many pictures were sent.</param>
/// <param name="Failures">How many of them got no answer, or an error.</param>
internal sealed record SoakWindow(
    TimeSpan Since, double Megabytes, int Handles, int Threads, double Median, double Slow, int Pictures, int Failures);
