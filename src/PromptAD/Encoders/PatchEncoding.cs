namespace PromptAD.Encoders;

/// <summary>What can be done with every encoder.</summary>
public static class PatchEncoding
{
    /// <summary>Encodes one picture into new features.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="picture">As of <see cref="IPatchEncoder.Encode"/>.</param>
    /// <param name="cancellation">As of <see cref="IPatchEncoder.Encode"/>.</param>
    public static PictureFeatures Encode(this IPatchEncoder encoder, ReadOnlySpan<byte> picture, CancellationToken cancellation = default)
    {
        PictureFeatures features = PictureFeatures.Room(encoder.Info);
        encoder.Encode(picture, features, cancellation);
        return features;
    }
}
