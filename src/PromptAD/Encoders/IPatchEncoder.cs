namespace PromptAD.Encoders;

/// <summary>
/// Turns pictures into features of patches. How pixels are normalised is the encoder's own business. Safe to use from several threads at
/// once.
/// </summary>
public interface IPatchEncoder : IDisposable
{
    /// <summary>What it takes and what it gives.</summary>
    EncoderInfo Info { get; }

    /// <summary>Encodes one picture.</summary>
    /// <param name="picture">8-bit planes of red, green and blue, (3, size, size).</param>
    /// <param name="features">Receives the features; made by <see cref="PictureFeatures.Room"/>.</param>
    /// <param name="cancellation">Ends it within half a second.</param>
    /// <exception cref="PromptADException">
    /// The runtime failed, such as for lack of memory, or the features hold a value that is not a number.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The encoder has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default);
}
