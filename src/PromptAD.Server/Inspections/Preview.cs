using Microsoft.AspNetCore.Http.HttpResults;
using PromptAD.Imaging;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Inspections;

/// <summary>Pictures as browsers show them: they know neither raw frames nor TIFF, and need no more pixels than a screen has.</summary>
internal static class Preview
{
    private const int Quality = 85, ShortestSide = 16, LongestSide = 4096;

    // Nothing of the map is drawn: only the picture is wanted, upright and scaled as under a heat map.
    private static readonly AnomalyMap Empty = new(2, 2, new float[4]);

    /// <summary>A picture as it was sent, or as browsers show it where a side is asked for.</summary>
    /// <exception cref="ServiceException">The side is out of its range.</exception>
    public static async Task<FileContentHttpResult> AnswerAsync(
        byte[] picture, string mediaType, int? side, ServiceOptions options, CancellationToken cancellation)
    {
        if (side is not (null or (>= ShortestSide and <= LongestSide)))
            throw ServiceException.Invalid($"side is {side}; it must be from {ShortestSide} to {LongestSide}.");
        if (side is not { } most) return TypedResults.File(picture, mediaType);
        long pixels = options.MaxPictureMegapixels * 1_000_000L;
        return TypedResults.File(
            await Task.Run(() => Draw(picture, PictureMedia.Parse(mediaType), most, pixels), cancellation), "image/jpeg");
    }

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
