namespace PromptAD.Encoders;

/// <summary>An encoder that is opened when the first picture is encoded.</summary>
/// <param name="info">What it takes and what it gives.</param>
/// <param name="open">Opens it, or returns what is open already; the owner disposes it.</param>
internal sealed class DeferredEncoder(EncoderInfo info, Func<CancellationToken, IPatchEncoder> open) : IPatchEncoder
{
    /// <inheritdoc/>
    public EncoderInfo Info => info;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default) =>
        open(cancellation).Encode(picture, features, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
