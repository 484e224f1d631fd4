using PromptAD.Client;

namespace PromptAD.Server.Sources;

/// <summary>How a source fares since the service started. Safe for several threads.</summary>
internal sealed class SourceCounts
{
    private readonly Lock gate = new();
    private long pictures, errors;
    private string? lastError;
    private DateTime? lastErrorAt;

    /// <summary>A picture was taken.</summary>
    public void Take()
    {
        lock (gate) pictures++;
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
    public SourceInfo Describe(RunningSource one)
    {
        lock (gate)
        {
            return new SourceInfo
            {
                Name = one.Source.Name,
                Kind = one.Folder is null ? "demo" : "folder",
                From = one.IsFromSettings ? "settings" : "interface",
                Enabled = one.IsEnabled,
                Station = one.Source.Station,
                Product = one.Source.Product,
                Pictures = pictures,
                Errors = errors,
                LastError = lastError,
                LastErrorAt = lastErrorAt,
            };
        }
    }
}
