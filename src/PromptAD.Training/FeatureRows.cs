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

    /// <summary>Some rows of a table, (rows, width), in their given order.</summary>
    public static float[] Pick(float[] table, int[] rows, int width)
    {
        var picked = new float[rows.Length * width];
        foreach ((int i, int row) in rows.Index()) table.AsSpan(row * width, width).CopyTo(picked.AsSpan(i * width));
        return picked;
    }
}
