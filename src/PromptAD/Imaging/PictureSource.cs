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
                Problem.OutOfRange,
                $"Cannot read {Name}: it is {width} x {height} pixels; each side may have at most {CameraFrame.MaxSide}. Scale or cut it.");
        }

        // Colour is kept in four bytes per pixel in one array.
        long limit = Math.Min(MaxPicturePixels, Array.MaxLength / 4);
        if (width * height > limit)
        {
            throw new PromptADException(TooLarge($"it is {width} x {height} pixels, more than the limit of {limit} pixels"));
        }
    }

    /// <param name="what">What is too much.</param>
    public Diagnostic TooLarge(string what) => new(Problem.OutOfRange, $"Cannot read {Name}: {what}.")
    {
        Remedy = "Scale it down, or raise the limit with {0}.",
        Option = $"{nameof(PreprocessingOptions)}.{nameof(PreprocessingOptions.MaxPicturePixels)}",
    };

    public PromptADException Damaged(Exception? inner = null)
    {
        string message = $"Cannot read {Name}: the picture is damaged or cut off. Save or copy it again.";
        return new PromptADException(Problem.Damaged, message, inner);
    }

    public PromptADException Unreadable(Exception inner) =>
        new(Problem.Unreadable, $"Cannot read {Name}: {AtomicFile.Reason(inner)}. Give a picture that can be opened.", inner);

    public PromptADException Unsupported(string what) =>
        new(Problem.Damaged, $"Cannot read {Name}: {what}. Give a PNG, JPEG, BMP, WebP, GIF or TIFF picture.");
}
