using System.Collections.Concurrent;
using PromptAD.Client;
using PromptAD.Server.Inspections;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Sinks;

/// <summary>
/// What the sinks are still to get: written in the transaction of each inspection, so that neither is there without the other.
/// </summary>
internal sealed class Outbox
{
    private readonly SinkOptions[] sinks;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> signals = new(StringComparer.Ordinal);

    /// <exception cref="PromptADException">A sink cannot be as it is set up.</exception>
    public Outbox(ServiceOptions options)
    {
        sinks = [.. options.Webhooks, .. options.Mqtt];
        foreach (SinkOptions sink in sinks)
        {
            if (sink.Name.Length is 0 or > OutboxRow.LongestSink || sinks.Count(one => one.Name == sink.Name) > 1)
            {
                throw new PromptADException(
                    Problem.InvalidArgument,
                    $"The name of a sink is '{sink.Name}'; each needs one of its own, at most {OutboxRow.LongestSink} characters. "
                    + "Set Service:Webhooks:0:Name or Service:Mqtt:0:Name.");
            }
            if (sink.TimeoutSeconds is not (>= 0.1 and <= 600))
                throw new PromptADException(Problem.OutOfRange, $"TimeoutSeconds of sink '{sink.Name}' must be from 0.1 to 600.");
        }
    }

    /// <summary>Adds what the sinks get of a result, to be saved with it.</summary>
    public void Add(ServiceContext db, InspectionRow row)
    {
        if (row.State == InspectionState.Queued) return;
        foreach (SinkOptions sink in sinks.Where(sink => sink.Takes(row)))
            db.Outbox.Add(new OutboxRow { Sink = sink.Name, Inspection = row });
    }

    /// <summary>Wakes all sinks: something may wait for them.</summary>
    public void Wake()
    {
        foreach (SinkOptions sink in sinks) Wake(sink.Name);
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
