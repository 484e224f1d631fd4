using PromptAD.Files;

namespace PromptAD.Imaging;

/// <summary>What is being decoded, for messages, and how large it may be.</summary>
/// <param name="Name">The quoted path, or "the image".</param>
/// <param name="MaxPicturePixels">The most pixels it may have.</param>
/// <param name="Depth">What is known of the bits of 16-bit pictures.</param>
internal readonly record struct PictureSource(string Name, long MaxPicturePixels, BitDepth Depth = default)
{
    /// <summary>Refuses a size that a header claims, before memory is taken for it.</summary>
    public void CheckSize(long width, long height)
    {
        if (width < 1 || height < 1) throw Damaged();
        if (width > CameraFrame.MaxSide || height > CameraFrame.MaxSide)
        {
            throw new PromptADException(
                $"Cannot read {Name}: it is {width} x {height} pixels; each side may have at most {CameraFrame.MaxSide}. Scale or cut it.");
        }

        // Colour is kept in four bytes per pixel in one array.
        long limit = Math.Min(MaxPicturePixels, Array.MaxLength / 4);
        if (width * height > limit)
        {
            throw new PromptADException($"Cannot read {Name}: it is {width} x {height} pixels, more than the limit of {limit} pixels. "
                + $"Scale it down or raise the pixel limit ({nameof(PreprocessingOptions.MaxPicturePixels)}).");
        }
    }

    public PromptADException Damaged(Exception? inner = null)
    {
        string message = $"Cannot read {Name}: the picture is damaged or cut off. Save or copy it again.";
        return inner is null ? new PromptADException(message) : new PromptADException(message, inner);
    }

    public PromptADException Unreadable(Exception inner) =>
        new($"Cannot read {Name}: {AtomicFile.Reason(inner)}. Give a picture that can be opened.", inner);

    public PromptADException Unsupported(string what) =>
        new($"Cannot read {Name}: {what}. Give a PNG, JPEG, BMP, WebP, GIF or TIFF picture.");
}
