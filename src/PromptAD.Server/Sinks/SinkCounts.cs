using PromptAD.Client;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Sinks;

/// <summary>How a sink fares since the service started. Safe for several threads.</summary>
internal sealed class SinkCounts : RunCounts
{
    /// <summary>What is told of it.</summary>
    public SinkInfo Describe(SinkOptions options, bool isFromSettings, long waiting, long setAside)
    {
        lock (Gate)
        {
            return new SinkInfo
            {
                Name = options.Name,
                Kind = options.Kind,
                From = isFromSettings ? "settings" : "interface",
                Enabled = options.Enabled,
                Waiting = waiting,
                SetAside = setAside,
                Sent = Taken,
                Errors = Errors,
                LastError = LastError,
                LastErrorAt = LastErrorAt,
            };
        }
    }
}
