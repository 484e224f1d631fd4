namespace PromptAD.Server.Operations;

/// <summary>What was done and what went wrong since the service started. Safe for several threads.</summary>
internal abstract class RunCounts
{
    /// <summary>Held where counts are read.</summary>
    protected Lock Gate { get; } = new();

    protected long Taken { get; private set; }

    protected long Errors { get; private set; }

    protected string? LastError { get; private set; }

    protected DateTime? LastErrorAt { get; private set; }

    /// <summary>A picture or a result was taken.</summary>
    public void Take()
    {
        lock (Gate) Taken++;
    }

    /// <summary>Something went wrong.</summary>
    /// <returns>Whether it is another error than the one before, and worth a line in the log.</returns>
    public bool Fail(string line, DateTime at)
    {
        lock (Gate)
        {
            bool isNew = line != LastError;
            Errors++;
            (LastError, LastErrorAt) = (line, at);
            return isNew;
        }
    }
}
