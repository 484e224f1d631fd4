using System.Numerics;

namespace PromptAD.Pictures.Drawing;

/// <summary>What a surface is at one point: colour, height above the part's own shape (picture widths), gloss.</summary>
internal readonly record struct Texel(Rgb Colour, float Relief = 0, float Gloss = 0);

/// <summary>A material: what is seen at a point of a part, in the part's own coordinates.</summary>
internal delegate Texel Texture(float u, float v);

/// <summary>How the height of a part runs from its edge to its middle.</summary>
internal enum ProfileShape
{
    /// <summary>The same height everywhere.</summary>
    Flat,

    /// <summary>Rises over <see cref="Profile.Width"/> along every edge.</summary>
    Bevel,

    /// <summary>An ellipsoid over the bounding box.</summary>
    Dome,

    /// <summary>A rod along x, its ends cut straight.</summary>
    Cylinder,

    /// <summary>A rod along x with round ends.</summary>
    Capsule,
}

/// <summary>The form of a part; lengths in the part's own units.</summary>
internal readonly record struct Profile(ProfileShape Shape, float Height, float Width = 0, float Level = 0)
{
    public static Profile Flat(float height = 0) => new(ProfileShape.Flat, height);

    public static Profile Bevel(float height, float width) => new(ProfileShape.Bevel, height, width);

    public static Profile Dome(float height) => new(ProfileShape.Dome, height);

    public static Profile Cylinder(float height) => new(ProfileShape.Cylinder, height);

    public static Profile Capsule(float height) => new(ProfileShape.Capsule, height);

    /// <summary>The same form standing on something.</summary>
    public Profile On(float level) => this with { Level = level };
}

/// <summary>What a part is to its product; decides which faults it can have.</summary>
internal enum PartRole
{
    /// <summary>What the product lies on. Not part of it.</summary>
    Background,

    /// <summary>The product itself.</summary>
    Body,

    /// <summary>Something mounted, which can be missing, moved or there twice.</summary>
    Detail,

    /// <summary>Print: colour that follows the height of what it is printed on.</summary>
    Print,
}

/// <summary>One shape of one material at one place. <paramref name="Shape"/> is null for the whole picture.</summary>
internal sealed record Part(PartRole Role, int Group, Outline? Shape, Texture Texture, Profile Profile, Matrix3x2 Pose)
{
    /// <summary>Shapes cut away, in the part's own coordinates.</summary>
    public Outline? Cut { get; init; }

    /// <summary>Stretch of lengths from the part to the picture.</summary>
    public float Scale => MathF.Sqrt(MathF.Abs(Pose.GetDeterminant()));
}
