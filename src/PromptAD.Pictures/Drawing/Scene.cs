using System.Numerics;

namespace PromptAD.Pictures.Drawing;

/// <summary>The parts of a picture from the ground up, in coordinates from 0 to 1 across the picture.</summary>
internal sealed class Scene(bool inFixture)
{
    private Matrix3x2 _pose = Matrix3x2.Identity;
    private int _group;

    public List<Part> Parts { get; } = [];

    /// <summary>True where one item at a time is held in its place.</summary>
    public bool InFixture { get; } = inFixture;

    /// <summary>True where the product fills the picture and has no outline.</summary>
    public bool IsSurface { get; private set; }

    /// <summary>Words that describe this product in captions, such as its colour.</summary>
    public string? Adjective { get; private set; }

    /// <summary>The product fills the picture.</summary>
    public void Surface(Texture texture, string? adjective = null)
    {
        IsSurface = true;
        Adjective = adjective;
        Parts.Add(new Part(PartRole.Body, 0, null, texture, Profile.Flat(), Matrix3x2.Identity));
    }

    /// <summary>What objects lie on.</summary>
    public void Ground(Texture texture) =>
        Parts.Add(new Part(PartRole.Background, 0, null, texture, Profile.Flat(), Matrix3x2.Identity));

    public void Describe(Rgb colour) => Adjective = colour.Name();

    public void Describe(string adjective) => Adjective = adjective;

    /// <summary>Starts an object: what is added next has coordinates in which the object is about 1 across.</summary>
    public void Begin(Matrix3x2 pose)
    {
        _pose = pose;
        _group++;
    }

    public void Add(PartRole role, Outline shape, Texture texture, Profile profile, Matrix3x2? at = null) =>
        Parts.Add(new Part(role, _group, shape, texture, profile, (at ?? Matrix3x2.Identity) * _pose));

    public void Body(Outline shape, Texture texture, Profile profile, Matrix3x2? at = null) =>
        Add(PartRole.Body, shape, texture, profile, at);

    public void Detail(Outline shape, Texture texture, Profile profile, Matrix3x2? at = null) =>
        Add(PartRole.Detail, shape, texture, profile, at);

    public void Print(Outline shape, Texture texture, Matrix3x2? at = null) =>
        Add(PartRole.Print, shape, texture, Profile.Flat(), at);
}
