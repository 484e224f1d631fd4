using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>The features of a picture in several versions, made and encoded one after the other.</summary>
internal static class EncodedVersions
{
    /// <summary>Any versions.</summary>
    /// <param name="length">The length of the encoder's input, (3, size, size).</param>
    /// <param name="count">How many versions there are.</param>
    /// <param name="make">Writes one of them into the encoder's input.</param>
    /// <param name="encode">Encodes it; may not keep the array.</param>
    /// <param name="cancellation">Stops between two of them.</param>
    public static PictureFeatures[] Of(
        int length,
        int count,
        Action<int, byte[]> make,
        Func<byte[], PictureFeatures> encode,
        CancellationToken cancellation = default)
    {
        var changed = new byte[length];
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                cancellation.ThrowIfCancellationRequested();
                make(i, changed);
                return encode(changed);
            }),
        ];
    }
}
