using PromptAD.Server.Operations;

namespace PromptAD.Server.Sinks;

/// <summary>A sink, and what gives it its results.</summary>
/// <param name="options">How it is set up.</param>
/// <param name="sink">The sink; null where nothing is sent.</param>
/// <param name="counts">How it fares.</param>
/// <param name="isFromSettings">Whether the settings have it, and not the database.</param>
internal sealed class RunningSink(SinkOptions options, ISink? sink, SinkCounts counts, bool isFromSettings) : IDisposable
{
    public string Name => options.Name;

    public SinkOptions Options => options;

    public ISink? Sink => sink;

    public SinkCounts Counts => counts;

    public bool IsFromSettings => isFromSettings;

    /// <summary>How long it may take for one result.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(options.TimeoutSeconds);

    /// <summary>The moment of the first failure since it has taken a result; null where it has failed not yet.</summary>
    public long? FailingSince { get; set; }

    /// <summary>What gives it its results.</summary>
    public RunningWork Work { get; } = new();

    /// <summary>Ends; what it has not taken waits.</summary>
    public async Task StopAsync()
    {
        await Work.StopAsync();
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Work.Dispose();
        (sink as IDisposable)?.Dispose();
    }
}
