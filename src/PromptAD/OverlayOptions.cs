using System.Numerics;

namespace PromptAD;

/// <summary>How an anomaly map is drawn over its picture. The scale is fixed, so that the overlays of a folder can be compared.</summary>
public sealed record OverlayOptions
{
    /// <summary>The map value up to which the picture shows through unchanged.</summary>
    /// <value>
    /// The default is null: the limit of regions, so that what is tinted is what belongs to a region; without limits the highest value that
    /// the pictures learned from reach; 0 where <see cref="High"/> lies below that. Finite and below <see cref="High"/>.
    /// </value>
    public float? Low { get; init; }

    /// <summary>The map value from which the last colour, the brightest, is used.</summary>
    /// <value>
    /// The default is null: twice as far from what is usual as the limit of regions, and not below the NG limit on a common scale; 1 above
    /// <see cref="Low"/> where that lies higher. Finite and above <see cref="Low"/>.
    /// </value>
    public float? High { get; init; }

    /// <summary>How much of the picture the strongest colours cover.</summary>
    /// <value>The default is 0.6. From 0, which leaves the picture as it is, to 1.</value>
    public float Opacity { get; init; } = 0.6f;

    /// <summary>The longest side of the overlay in pixels; larger pictures are scaled down, smaller ones keep their size.</summary>
    /// <value>The default is 1600. From 16 to 65,535.</value>
    public int MaxSide { get; init; } = 1600;

    /// <summary>Whether the outlines of regions are drawn, where the detector has limits.</summary>
    /// <value>The default is true.</value>
    public bool ShowRegions { get; init; } = true;

    /// <summary>Further outlines, such as of what a person has marked, in another colour than those of regions.</summary>
    /// <value>The default is empty. Each the corners of a polygon, in pixels of the picture that was judged.</value>
    public IReadOnlyList<IReadOnlyList<Vector2>> Marks { get; init; } = [];

    /// <summary>Whether places that the detector's mask leaves out are darkened.</summary>
    /// <value>The default is true.</value>
    public bool ShowMask { get; init; } = true;

    /// <summary>From where to where the colours run, if nothing is known of the detector.</summary>
    internal (float Low, float High) Scale => (Low ?? 0, High ?? 1);

    /// <summary>The same with the detector's scale where none was given.</summary>
    internal OverlayOptions On(float low, float high)
    {
        float first = Low ?? (High <= low ? 0 : low);
        return this with { Low = first, High = High ?? (first < high ? high : first + 1) };
    }

    /// <exception cref="PromptADException">A value is out of its range.</exception>
    internal void Validate()
    {
        (float low, float high) = Scale;
        if (!float.IsFinite(low) || !float.IsFinite(high) || low >= high)
            throw new PromptADException(
                Problem.OutOfRange,
                $"The overlay's scale runs from {low} to {high}; Low must be below High and both finite.");
        if (Opacity is not (>= 0 and <= 1)) throw new PromptADException(Diagnostic.OutOfRange(nameof(Opacity), Opacity, "be 0 to 1"));
        if (MaxSide is < 16 or > CameraFrame.MaxSide)
            throw new PromptADException(Diagnostic.OutOfRange(nameof(MaxSide), MaxSide, $"be 16 to {CameraFrame.MaxSide} pixels"));
    }
}
