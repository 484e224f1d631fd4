namespace PromptAD.Backbones;

/// <summary>Turns pictures into features. Safe to use from several threads at once.</summary>
internal interface IVisionEncoder : IDisposable
{
    /// <summary>Encodes images as pixel values of 0 to 255, (count, 3, size, size).</summary>
    /// <exception cref="PromptADException">The runtime failed, such as for want of memory.</exception>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; a run ends behind the operator it is in.</exception>
    VisionFeatures Encode(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellation = default);

    /// <summary>Encodes normalised images, (count, 3, size, size).</summary>
    /// <exception cref="PromptADException">The runtime failed, such as for want of memory.</exception>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; a run ends behind the operator it is in.</exception>
    VisionFeatures Encode(ReadOnlySpan<float> normalised, int count, CancellationToken cancellation = default);
}
