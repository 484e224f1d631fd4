using PromptAD.Encoders;

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

    /// <summary>Forgets all images, and returns what brings them back.</summary>
    public Action Clear()
    {
        (float[] keptCls, float[] keptTokens, int kept) = (Cls(), Tokens(), Images);
        Reset([], [], 0);
        return () => Reset(keptCls, keptTokens, kept);
    }

    private void Reset(float[] newCls, float[] newTokens, int images)
    {
        cls.Clear();
        tokens.Clear();
        cls.AddRange(newCls);
        tokens.AddRange(newTokens);
        Images = images;
    }
}
