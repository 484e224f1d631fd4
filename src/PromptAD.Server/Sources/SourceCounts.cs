using PromptAD.Client;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Sources;

/// <summary>How a source fares since the service started. Safe for several threads.</summary>
internal sealed class SourceCounts : RunCounts
{
    /// <summary>What is told of it.</summary>
    public SourceInfo Describe(RunningSource one)
    {
        lock (Gate)
        {
            return new SourceInfo
            {
                Name = one.Source.Name,
                Kind = one.Folder is null ? "demo" : "folder",
                From = one.IsFromSettings ? "settings" : "interface",
                Enabled = one.IsEnabled,
                Station = one.Source.Station,
                Product = one.Source.Product,
                Pictures = Taken,
                Errors = Errors,
                LastError = LastError,
                LastErrorAt = LastErrorAt,
            };
        }
    }
}
