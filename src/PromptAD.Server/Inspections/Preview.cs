using PromptAD.Imaging;
using PromptAD.Server.Judging;

namespace PromptAD.Server.Inspections;

/// <summary>Pictures as browsers show them: they know neither raw frames nor TIFF, and need no more pixels than a screen has.</summary>
internal static class Preview
{
    private const int Quality = 85;

    // Nothing of the map is drawn: only the picture is wanted, upright and scaled as under a heat map.
    private static readonly AnomalyMap Empty = new(2, 2, new float[4]);

    /// <summary>The picture as JPEG.</summary>
    /// <param name="picture">Its bytes as they were sent.</param>
    /// <param name="media">What they are.</param>
    /// <param name="side">The longest side in pixels.</param>
    /// <param name="pixels">The most pixels that it may have.</param>
    /// <exception cref="PromptADException">It is damaged or no picture.</exception>
    public static byte[] Draw(byte[] picture, PictureMedia media, int side, long pixels)
    {
        var options = new OverlayOptions { Low = 1, High = 2, Opacity = 0, MaxSide = side };
        using Picture drawn = media.Frame is { } shape ? Overlay.Render(shape.Of(picture), Empty, options) : OfFile();
        using var stream = new MemoryStream();
        PictureEncoder.EncodeJpeg(drawn, Quality, stream);
        return stream.ToArray();

        Picture OfFile()
        {
            using Picture decoded = PictureDecoder.Decode(picture, pixels);
            return Overlay.Render(decoded.Frame, Empty, options);
        }
    }
}
