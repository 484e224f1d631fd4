namespace PromptAD.Backbones;

/// <summary>Turns pictures into features. Safe to use from several threads at once.</summary>
internal interface IVisionEncoder : IDisposable
{
    /// <summary>Encodes images as pixel values of 0 to 255, (count, 3, size, size).</summary>
    /// <exception cref="PromptADException">The runtime failed, such as for want of memory.</exception>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    VisionFeatures Encode(ReadOnlySpan<byte> pixels, int count);

    /// <summary>Encodes normalised images, (count, 3, size, size).</summary>
    /// <exception cref="PromptADException">The runtime failed, such as for want of memory.</exception>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    VisionFeatures Encode(ReadOnlySpan<float> normalised, int count);
}
