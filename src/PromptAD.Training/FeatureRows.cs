using PromptAD.Scoring;

namespace PromptAD.Training;

/// <summary>The normalised features of the good pictures, image after image: computed once, constant in training.</summary>
internal sealed class FeatureRows
{
    private readonly List<float> cls = [], tokens = [];

    /// <summary>The number of images.</summary>
    public int Images { get; private set; }

    /// <summary>Global features, (images, E).</summary>
    public float[] Cls() => [.. cls];

    /// <summary>Patch tokens, (images, patches, E).</summary>
    public float[] Tokens() => [.. tokens];

    /// <summary>Adds one image.</summary>
    public void Add(PictureFeatures features)
    {
        cls.AddRange(features.Cls);
        tokens.AddRange(features.Tokens);
        Images++;
    }

    /// <summary>Forgets all images.</summary>
    public void Clear()
    {
        cls.Clear();
        tokens.Clear();
        Images = 0;
    }
}
