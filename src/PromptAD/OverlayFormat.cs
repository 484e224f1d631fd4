namespace PromptAD;

/// <summary>How an overlay is written to a stream, whose name says nothing of it.</summary>
public enum OverlayFormat
{
    /// <summary>Every pixel as it was drawn.</summary>
    Png,

    /// <summary>Smaller, with the small changes of a JPEG of quality 92.</summary>
    Jpeg,
}
