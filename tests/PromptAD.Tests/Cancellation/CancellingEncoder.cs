using PromptAD.Backbones;

namespace PromptAD.Tests.Cancellation;

/// <summary>An encoder that does something as one of its runs begins, such as cancelling it.</summary>
/// <param name="inner">What encodes; stays with the caller.</param>
internal sealed class CancellingEncoder(IVisionEncoder inner) : IVisionEncoder
{
    private int runs, finished, at;
    private Action? act;

    /// <summary>How many runs have begun since it was told what to do.</summary>
    public int Runs => Volatile.Read(ref runs);

    /// <summary>How many of them came to their end.</summary>
    public int Finished => Volatile.Read(ref finished);

    /// <summary>Does something as a run begins, counted from now, from 1.</summary>
    public void At(int run, Action what) => (runs, finished, at, act) = (0, 0, run, what);

    public VisionFeatures Encode(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellation = default)
    {
        Begin();
        return End(inner.Encode(pixels, count, cancellation));
    }

    public VisionFeatures Encode(ReadOnlySpan<float> normalised, int count, CancellationToken cancellation = default)
    {
        Begin();
        return End(inner.Encode(normalised, count, cancellation));
    }

    public void Dispose()
    {
    }

    private void Begin()
    {
        if (Interlocked.Increment(ref runs) == at) act!();
    }

    private VisionFeatures End(VisionFeatures features)
    {
        Interlocked.Increment(ref finished);
        return features;
    }
}
