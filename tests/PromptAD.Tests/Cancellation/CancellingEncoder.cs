using PromptAD.Backbones;

namespace PromptAD.Tests.Cancellation;

/// <summary>An encoder that does something as one of its runs begins, such as cancelling it.</summary>
/// <param name="inner">What encodes; stays with the caller.</param>
internal sealed class CancellingEncoder(IVisionEncoder inner) : IVisionEncoder
{
    private int runs, at;
    private Action? act;

    /// <summary>How many runs have begun since it was told what to do.</summary>
    public int Runs => Volatile.Read(ref runs);

    /// <summary>Does something as a run begins, counted from now, from 1.</summary>
    public void At(int run, Action what) => (runs, at, act) = (0, run, what);

    public VisionFeatures Encode(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellation = default)
    {
        Begin();
        return inner.Encode(pixels, count, cancellation);
    }

    public VisionFeatures Encode(ReadOnlySpan<float> normalised, int count, CancellationToken cancellation = default)
    {
        Begin();
        return inner.Encode(normalised, count, cancellation);
    }

    public void Dispose()
    {
    }

    private void Begin()
    {
        if (Interlocked.Increment(ref runs) == at) act!();
    }
}
