namespace PromptAD.Encoders;

/// <summary>Where patches lie in a square picture: one to each of its squares, though not always about the square's middle.</summary>
/// <param name="Side">Patches along a side.</param>
/// <param name="Offset">How far a patch's middle lies beyond its square's, right and down, in squares; below 0 before it.</param>
public readonly record struct PatchGrid(int Side, double Offset = 0)
{
    /// <summary>The middle of a patch along a side, in squares.</summary>
    /// <param name="patch">Counted from 0.</param>
    public double Middle(int patch) => patch + 0.5 + Offset;

    /// <summary>From where to where a patch reaches along a side, in squares; what would lie outside of the picture is cut off.</summary>
    /// <param name="patch">Counted from 0.</param>
    public (double From, double To) Reach(int patch) =>
        (Math.Clamp(patch + Offset, 0, Side), Math.Clamp(patch + 1 + Offset, 0, Side));
}
