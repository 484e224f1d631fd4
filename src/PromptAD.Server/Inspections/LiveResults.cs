using System.Threading.Channels;
using PromptAD.Client;

namespace PromptAD.Server.Inspections;

/// <summary>
/// Tells listeners of results, of what stations show, of reviews and of versions that are put in force, as they come. A listener never
/// holds up the line. One that does not keep up misses all but results; where it does not take results either its stream ends, and it asks
/// again for those since the last one that it has.
/// </summary>
internal sealed class LiveResults
{
    private const int KeptResults = 1000, KeptInAll = KeptResults + 100, MostListeners = 100;

    private readonly Lock gate = new();
    private readonly List<Channel<LiveItem>> listeners = [];
    private readonly SortedSet<long> untold = [];

    /// <summary>Told of what each station shows, at once; for whoever keeps the latest alone.</summary>
    public event Action<StationInfo>? StationChanged;

    /// <summary>Told of all that happens in this process, for the other nodes of a cluster.</summary>
    public event Action<LiveItem>? Told;

    /// <summary>
    /// The number behind which a listener asks, once a result of a number was told, where other processes tell of results, too; null where
    /// none do.
    /// </summary>
    public Func<long, long>? Floor { get; set; }

    /// <summary>How many listen.</summary>
    public int Listeners
    {
        get
        {
            lock (gate) return listeners.Count;
        }
    }

    /// <summary>Whether nobody else may listen.</summary>
    public bool IsFull => Listeners >= MostListeners;

    /// <summary>The oldest inspection that was kept here and of which listeners were not told; null for none.</summary>
    public long? OldestUntold
    {
        get
        {
            lock (gate) return untold.Count > 0 ? untold.Min : null;
        }
    }

    /// <summary>An inspection is on the disk, and will be told of.</summary>
    public void Expect(long id)
    {
        lock (gate) untold.Add(id);
    }

    /// <summary>Tells all of a result.</summary>
    public void Tell(InspectionResult result)
    {
        Hear(new LiveItem(result, null, 0));
        Told?.Invoke(new LiveItem(result, null, 0));
    }

    /// <summary>Tells the listeners of this process what was told here or elsewhere.</summary>
    public void Hear(LiveItem item)
    {
        if (item.Result is { } result) Hear(result);
        else TellWhoKeepsUp(item);
        if (item.Station is { } station) StationChanged?.Invoke(station);
    }

    /// <summary>Ends all streams: something may have been missed, and listeners ask again for it.</summary>
    public void CutOff()
    {
        lock (gate)
        {
            foreach (Channel<LiveItem> listener in listeners) listener.Writer.TryComplete();
            listeners.Clear();
        }
    }

    private void Hear(InspectionResult result)
    {
        lock (gate)
        {
            untold.Remove(result.Id);
            // Asking for what comes behind this number brings all that was not told before.
            long since = untold.Count > 0 ? Math.Min(untold.Min - 1, result.Id) : result.Id;
            if (Floor is { } floor) since = Math.Min(since, floor(result.Id));
            var told = new LiveItem(result, null, since);
            listeners.RemoveAll(listener =>
            {
                if (listener.Reader.Count < KeptInAll && listener.Writer.TryWrite(told)) return false;
                listener.Writer.TryComplete();
                return true;
            });
        }
    }

    /// <summary>Tells all of what a station shows.</summary>
    public void Tell(StationInfo station) => TellAll(new LiveItem(null, station, 0));

    /// <summary>Tells all of what a person has said of a part, or taken back.</summary>
    public void TellReview(InspectionResult reviewed) => TellAll(new LiveItem(null, null, 0) { Reviewed = reviewed });

    /// <summary>Tells all that another version of a product is in force.</summary>
    public void Tell(VersionInForce version) => TellAll(new LiveItem(null, null, 0) { InForce = version });

    private void TellAll(LiveItem item)
    {
        Hear(item);
        Told?.Invoke(item);
    }

    /// <summary>What can be read again at any time is passed over where a listener is behind.</summary>
    private void TellWhoKeepsUp(LiveItem told)
    {
        lock (gate)
        {
            foreach (Channel<LiveItem> listener in listeners)
            {
                if (listener.Reader.Count < KeptInAll - KeptResults) listener.Writer.TryWrite(told);
            }
        }
    }

    /// <summary>What comes from now on, until the listener disposes of it or does not keep up.</summary>
    /// <returns>What comes; null where too many listen already.</returns>
    public Subscription? Listen()
    {
        var channel = Channel.CreateUnbounded<LiveItem>(); // bounded by Tell
        lock (gate)
        {
            if (listeners.Count >= MostListeners) return null;
            listeners.Add(channel);
        }
        return new Subscription(this, channel);
    }

    /// <summary>A listener's place.</summary>
    internal sealed class Subscription(LiveResults owner, Channel<LiveItem> channel) : IDisposable
    {
        /// <summary>What comes.</summary>
        public ChannelReader<LiveItem> Told => channel.Reader;

        public void Dispose()
        {
            lock (owner.gate) owner.listeners.Remove(channel);
        }
    }
}

/// <summary>One thing that listeners are told.</summary>
/// <param name="Result">A result; null where it is something else.</param>
/// <param name="Station">What a station shows; null where it is something else.</param>
/// <param name="Since">The number behind which a listener asks for what it has missed.</param>
internal sealed record LiveItem(InspectionResult? Result, StationInfo? Station, long Since)
{
    /// <summary>An inspection whose review has changed; null where it is something else.</summary>
    public InspectionResult? Reviewed { get; init; }

    /// <summary>The version that a product is judged by from now on; null where it is something else.</summary>
    public VersionInForce? InForce { get; init; }
}
