using PromptAD.Encoders;
using PromptAD.Imaging;

namespace PromptAD.Training;

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

    /// <summary>All gentle variations.</summary>
    /// <param name="image">The picture as <see cref="GentleVariation.Make"/> takes it.</param>
    /// <param name="size">Its side in pixels.</param>
    /// <param name="order">The order of the channels that are wanted.</param>
    /// <param name="encode">Encodes one; may not keep the array.</param>
    /// <param name="cancellation">Stops between two of them.</param>
    public static PictureFeatures[] Gentle(
        byte[] image,
        int size,
        ChannelOrder order,
        Func<byte[], PictureFeatures> encode,
        CancellationToken cancellation = default) => Of(
            image.Length,
            GentleVariation.Count,
            (i, changed) => GentleVariation.Make(i, image, size, order, changed),
            encode,
            cancellation);
}
