using PromptAD.Client;

namespace PromptAD.Server.Pages.Live;

/// <summary>What the live page shows: the latest results and the counts of the shift. Pure, so that a test can count along.</summary>
public sealed class LiveBoard
{
    /// <summary>How many results are shown.</summary>
    public const int Shown = 20;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly List<InspectionResult> latest = [];
    private readonly Queue<DateTimeOffset> lastMinute = new();
    private readonly HashSet<long> counted = [];

    /// <summary>The latest results, the newest first.</summary>
    public IReadOnlyList<InspectionResult> Latest => latest;

    /// <summary>The newest result; null while there is none.</summary>
    public InspectionResult? Newest => latest.Count > 0 ? latest[0] : null;

    /// <summary>What the shift has brought.</summary>
    public InspectionCounts Counts { get; private set; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>When the shift began.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Begins with what the service knows.</summary>
    /// <param name="results">The latest results, the newest first.</param>
    /// <param name="counts">What the shift has brought, these results among them.</param>
    /// <param name="since">When the shift began.</param>
    public void Begin(IEnumerable<InspectionResult> results, InspectionCounts counts, DateTimeOffset since)
    {
        latest.Clear();
        lastMinute.Clear();
        counted.Clear();
        (Counts, Since) = (counts with { Queued = 0 }, since);
        foreach (InspectionResult result in results.Where(one => one.State != InspectionState.Queued).Take(Shown))
        {
            latest.Add(result);
            counted.Add(result.Id);
        }
        foreach (InspectionResult result in Enumerable.Reverse(latest)) lastMinute.Enqueue(result.Received);
    }

    /// <summary>Takes a result; one that comes twice counts once.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(InspectionResult result)
    {
        if (!counted.Add(result.Id)) return false;
        int place = latest.FindIndex(one => one.Id < result.Id);
        latest.Insert(place < 0 ? latest.Count : place, result);
        if (latest.Count > Shown)
        {
            // Numbers that are far behind do not come again.
            if (counted.Count > 10 * Shown) counted.RemoveWhere(id => id < latest[^1].Id - (10 * Shown));
            latest.RemoveAt(latest.Count - 1);
        }
        lastMinute.Enqueue(result.Received);
        if (result.Received >= Since) Counts = With(Counts, result);
        return true;
    }

    /// <summary>Parts within the last minute.</summary>
    public int PerMinute(DateTimeOffset now)
    {
        while (lastMinute.TryPeek(out DateTimeOffset oldest) && now - oldest > Minute) lastMinute.Dequeue();
        return lastMinute.Count;
    }

    /// <summary>How long a verdict took from the picture's arrival on; null where that is not known.</summary>
    public static double? Latency(InspectionResult? result) =>
        result?.Milliseconds is { } stages ? stages.Queue + stages.Decode + stages.Prepare + stages.Encode + stages.Score : null;

    private static InspectionCounts With(InspectionCounts counts, InspectionResult result) => result switch
    {
        { State: InspectionState.Failed } => counts with { Failed = counts.Failed + 1 },
        { Verdict: InspectionVerdict.OK } => counts with { OK = counts.OK + 1 },
        { Verdict: InspectionVerdict.Review } => counts with { Review = counts.Review + 1 },
        { Verdict: InspectionVerdict.NG } => counts with { NG = counts.NG + 1 },
        _ => counts with { Undecided = counts.Undecided + 1 },
    };
}
