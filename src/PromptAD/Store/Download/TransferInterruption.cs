namespace PromptAD.Store.Download;

/// <summary>A try that ended early for a reason that may pass: the next one goes on from there.</summary>
/// <param name="reason">What happened, to be put into a sentence.</param>
/// <param name="pause">How long the server asks to wait.</param>
/// <param name="inner">The error underneath.</param>
internal sealed class TransferInterruption(string reason, TimeSpan? pause = null, Exception? inner = null) : Exception(reason, inner)
{
    public TimeSpan? Pause => pause;
}
