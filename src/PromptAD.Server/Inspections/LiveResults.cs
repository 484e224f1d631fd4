using System.Runtime.CompilerServices;
using System.Threading.Channels;
using PromptAD.Client;

namespace PromptAD.Server.Inspections;

/// <summary>
/// Tells listeners of results as they come. A listener that does not keep up misses the oldest ones, and finds them in the list by their
/// numbers; it never holds up the line.
/// </summary>
internal sealed class LiveResults
{
    private const int Kept = 100, MostListeners = 100;

    private readonly Lock gate = new();
    private readonly List<Channel<InspectionResult>> listeners = [];

    /// <summary>How many listen.</summary>
    public int Listeners
    {
        get
        {
            lock (gate) return listeners.Count;
        }
    }

    /// <summary>Tells all of a result.</summary>
    public void Tell(InspectionResult result)
    {
        lock (gate)
        {
            foreach (Channel<InspectionResult> listener in listeners) listener.Writer.TryWrite(result);
        }
    }

    /// <summary>Results from now on, until the listener goes away.</summary>
    /// <returns>The results; null where too many listen already.</returns>
    public IAsyncEnumerable<InspectionResult>? Listen(CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<InspectionResult>(
            new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate)
        {
            if (listeners.Count >= MostListeners) return null;
            listeners.Add(channel);
        }
        return ReadAsync(channel, cancellation);
    }

    private async IAsyncEnumerable<InspectionResult> ReadAsync(
        Channel<InspectionResult> channel, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            await foreach (InspectionResult result in channel.Reader.ReadAllAsync(cancellation)) yield return result;
        }
        finally
        {
            lock (gate) listeners.Remove(channel);
        }
    }
}
