namespace PromptAD.Client;

/// <summary>A rectangle that a person has marked on a picture, in its pixels.</summary>
/// <param name="X">The left edge.</param>
/// <param name="Y">The upper edge.</param>
/// <param name="Width">The width, at least 1.</param>
/// <param name="Height">The height, at least 1.</param>
public sealed record MarkedPlace(int X, int Y, int Width, int Height)
{
    /// <summary>How many an inspection takes.</summary>
    public const int Most = 50;
}
