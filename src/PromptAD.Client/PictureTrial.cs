namespace PromptAD.Client;

/// <summary>What a version says of a picture that a product is taught with.</summary>
public sealed record PictureTrial
{
    /// <summary>The picture.</summary>
    public long Picture { get; init; }

    /// <summary>What it is for.</summary>
    public PictureUse Use { get; init; }

    /// <summary>Its width in pixels.</summary>
    public int Width { get; init; }

    /// <summary>Its height in pixels.</summary>
    public int Height { get; init; }

    /// <summary>Whether it has no colours.</summary>
    public bool Gray { get; init; }

    /// <summary>The version that was asked; null where none is in force.</summary>
    public int? Version { get; init; }

    /// <summary>Its score; null where no version was asked.</summary>
    public float? Score { get; init; }

    /// <summary>The verdict; null where no version was asked, or it has no limits.</summary>
    public InspectionVerdict? Verdict { get; init; }

    /// <summary>Whether it looks like another product.</summary>
    public bool Unfamiliar { get; init; }
}
