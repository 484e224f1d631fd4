using PromptAD.Backbones;

namespace PromptAD.Tests.Cancellation;

/// <summary>An encoder that does something as one of its runs begins, such as cancelling it.</summary>
/// <param name="inner">What encodes; stays with the caller.</param>
/// <param name="at">The run, from 1.</param>
/// <param name="act">What is done.</param>
internal sealed class CancellingEncoder(IVisionEncoder inner, int at, Action act) : IVisionEncoder
{
    private int runs;

    /// <summary>How many runs have begun.</summary>
    public int Runs => Volatile.Read(ref runs);

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
        if (Interlocked.Increment(ref runs) == at) act();
    }
}
