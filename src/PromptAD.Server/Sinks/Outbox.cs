using System.Collections.Concurrent;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>
/// What the sinks are still to get: written in the transaction of each inspection, so that neither is there without the other. Sinks may
/// come, change and go while it works.
/// </summary>
internal sealed class Outbox(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, SinkOptions> sinks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> signals = new(StringComparer.Ordinal);

    /// <summary>From now on results wait for a sink, or for one that is set up otherwise.</summary>
    public void Set(SinkOptions sink) => sinks[sink.Name] = sink;

    /// <summary>From now on nothing more waits for a sink.</summary>
    public void Remove(string sink) => sinks.TryRemove(sink, out _);

    /// <summary>Adds what the sinks get of a result, to be saved with it.</summary>
    public void Add(ServiceContext db, InspectionRow row)
    {
        if (row.State == InspectionState.Queued) return;
        foreach (SinkOptions sink in sinks.Values.Where(sink => sink.Takes(row)))
            db.Outbox.Add(new OutboxRow { Sink = sink.Name, Inspection = row, Since = clock.Now() });
    }

    /// <summary>Wakes all sinks: something may wait for them.</summary>
    public void Wake()
    {
        foreach (string sink in sinks.Keys) Wake(sink);
    }

    /// <summary>Wakes a sink.</summary>
    public void Wake(string sink)
    {
        SemaphoreSlim signal = SignalOf(sink);
        if (signal.CurrentCount == 0) signal.Release(); // once more than needed does no harm
    }

    /// <summary>Waits until a sink is woken, at most for a time.</summary>
    public Task WaitAsync(string sink, TimeSpan most, CancellationToken cancellation) => SignalOf(sink).WaitAsync(most, cancellation);

    private SemaphoreSlim SignalOf(string sink) => signals.GetOrAdd(sink, _ => new SemaphoreSlim(0));
}
