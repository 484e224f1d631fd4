using PromptAD.Client;

namespace PromptAD.Server.Sinks;

/// <summary>How a sink fares since the service started. Safe for several threads.</summary>
internal sealed class SinkCounts
{
    private readonly Lock gate = new();
    private long sent, errors;
    private string? lastError;
    private DateTime? lastErrorAt;

    /// <summary>A result was taken.</summary>
    public void Send()
    {
        lock (gate) sent++;
    }

    /// <summary>Something went wrong.</summary>
    /// <returns>Whether it is another error than the one before, and worth a line in the log.</returns>
    public bool Fail(string line, DateTime at)
    {
        lock (gate)
        {
            bool isNew = line != lastError;
            errors++;
            (lastError, lastErrorAt) = (line, at);
            return isNew;
        }
    }

    /// <summary>What is told of it.</summary>
    public SinkInfo Describe(SinkOptions options, bool isFromSettings, long waiting, long setAside)
    {
        lock (gate)
        {
            return new SinkInfo
            {
                Name = options.Name,
                Kind = options.Kind,
                From = isFromSettings ? "settings" : "interface",
                Enabled = options.Enabled,
                Waiting = waiting,
                SetAside = setAside,
                Sent = sent,
                Errors = errors,
                LastError = lastError,
                LastErrorAt = lastErrorAt,
            };
        }
    }
}
