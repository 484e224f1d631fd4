namespace PromptAD;

/// <summary>How a detector is exported.</summary>
public sealed record ExportOptions
{
    /// <summary>
    /// Whether the file resizes pictures itself. Then it takes pictures of one size, that of the pictures it is checked with; otherwise
    /// pictures that have the encoder's size already.
    /// </summary>
    /// <value>true by default.</value>
    public bool IncludeResizing { get; init; } = true;

    /// <summary>Whether a file that is there is replaced.</summary>
    /// <value>false by default.</value>
    public bool Replace { get; init; }
}

/// <summary>How an exported file compares with the detector itself.</summary>
/// <param name="Width">The width of the pictures that the file takes.</param>
/// <param name="Height">Their height.</param>
/// <param name="Pictures">The number of pictures that were compared.</param>
/// <param name="ScoreDifference">The largest difference of a score.</param>
/// <param name="MapDifference">The largest difference of a map's value.</param>
public sealed record ExportCheck(int Width, int Height, int Pictures, float ScoreDifference, float MapDifference);
