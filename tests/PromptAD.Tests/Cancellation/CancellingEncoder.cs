using PromptAD.Encoders;

namespace PromptAD.Tests.Cancellation;

/// <summary>An encoder that does something as one of its runs begins, such as cancelling it.</summary>
/// <param name="inner">What encodes; stays with the caller.</param>
internal sealed class CancellingEncoder(IPatchEncoder inner) : IPatchEncoder
{
    private int runs, finished, at;
    private Action? act;

    public EncoderInfo Info => inner.Info;

    /// <summary>How many runs have begun since it was told what to do.</summary>
    public int Runs => Volatile.Read(ref runs);

    /// <summary>How many of them came to their end.</summary>
    public int Finished => Volatile.Read(ref finished);

    /// <summary>Does something as a run begins, counted from now, from 1.</summary>
    public void At(int run, Action what) => (runs, finished, at, act) = (0, 0, run, what);

    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        if (Interlocked.Increment(ref runs) == at) act!();
        inner.Encode(picture, features, cancellation);
        Interlocked.Increment(ref finished);
    }

    public void Dispose()
    {
    }
}
