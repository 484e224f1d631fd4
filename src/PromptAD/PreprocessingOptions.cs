namespace PromptAD;

/// <summary>
/// How pictures become the encoder's input. The defaults are right for a product; the others exist to repeat the paper's program exactly.
/// </summary>
public sealed record PreprocessingOptions
{
    /// <summary>How pictures are resized: in one step, or by way of 1024 x 1024 as the paper's program does (mark Q5).</summary>
    /// <value>The default is <see cref="ResizeMode.Direct"/>.</value>
    public ResizeMode Resize { get; init; } = ResizeMode.Direct;

    /// <summary>
    /// The order in which the channels of a picture to be judged are read; the pictures learned from are always read red, green, blue.
    /// The paper's program reads the former blue, green, red (mark Q6).
    /// </summary>
    /// <value>The default is <see cref="ChannelOrder.Rgb"/>.</value>
    public ChannelOrder QueryChannels { get; init; } = ChannelOrder.Rgb;

    /// <summary>
    /// The most pixels (width times height) that a picture file may have; checked from its header, before memory is taken.
    /// </summary>
    /// <value>The default is 100,000,000. At least 1.</value>
    public long PixelLimit { get; init; } = 100_000_000;

    /// <exception cref="PromptADException">A value is out of its range.</exception>
    internal void Validate()
    {
        Check.Known(Resize, nameof(Resize));
        Check.Known(QueryChannels, nameof(QueryChannels));
        if (PixelLimit < 1) throw new PromptADException($"PixelLimit is {PixelLimit}; it must be at least 1.");
    }
}
