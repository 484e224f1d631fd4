namespace PromptAD.Evaluation;

/// <summary>A picture whose truth is known, at least whether it is defective.</summary>
public sealed record TestPicture
{
    /// <summary>The <see cref="DefectType"/> of a good picture.</summary>
    public const string Good = "good";

    private const int PublishedSize = 1024;

    /// <summary>Full path of the picture.</summary>
    public required string Path { get; init; }

    /// <summary>What is wrong with it, as the data set calls it; <see cref="Good"/> for nothing.</summary>
    public required string DefectType { get; init; }

    /// <summary>Whether it shows a defect.</summary>
    public bool IsDefective => DefectType != Good;

    /// <summary>
    /// Full paths of its masks, which together mark the defect; none for a good picture, and none where the place is unknown.
    /// </summary>
    public IReadOnlyList<string> MaskPaths { get; init; } = [];

    /// <summary>Whether it is known which pixels are defective. A defective picture without a mask is unknown, not empty.</summary>
    public bool IsMaskKnown => !IsDefective || MaskPaths.Count > 0;

    /// <summary>Reads its masks at another size.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <returns>The mask, all normal for a good picture; null where the defective pixels are unknown.</returns>
    /// <exception cref="PromptADException">A mask cannot be read, or two masks differ in size.</exception>
    public DefectMask? ReadMask(int width, int height)
    {
        if (!IsMaskKnown) return null;
        return (IsDefective ? DefectMask.Read(MaskPaths) : new DefectMask(1, 1)).Resize(width, height);
    }

    /// <summary>Reads its masks as the published evaluation does: resized to 1024 x 1024 first and then to the size of the map.</summary>
    /// <param name="size">Width and height of the map; the published one has 400.</param>
    /// <returns>The mask, all normal for a good picture; null where the defective pixels are unknown.</returns>
    /// <exception cref="PromptADException">A mask cannot be read, or two masks differ in size.</exception>
    public DefectMask? ReadPublishedMask(int size = 400) => ReadMask(PublishedSize, PublishedSize)?.Resize(size, size);
}
