using PromptAD.Backbones;
using PromptAD.Scoring;

namespace PromptAD.Training;

/// <summary>The normalised features of the good pictures, image after image: computed once, constant in training.</summary>
internal sealed class FeatureRows(BackboneConfiguration configuration)
{
    private readonly List<float> cls = [], tokens = [];
    private readonly List<float>[] memory = [.. configuration.Vision.MemoryTaps.Blocks.Select(_ => new List<float>())];

    /// <summary>The number of images.</summary>
    public int Images { get; private set; }

    /// <summary>Global features, (images, E).</summary>
    public float[] Cls() => [.. cls];

    /// <summary>Patch tokens, (images, patches, E).</summary>
    public float[] Tokens() => [.. tokens];

    /// <summary>Patch tokens at each memory layer, (images · patches, width).</summary>
    public IReadOnlyList<float[]> MemoryLayers() => [.. memory.Select(layer => layer.ToArray())];

    /// <summary>Adds one image.</summary>
    public void Add(PictureFeatures features)
    {
        cls.AddRange(features.Cls);
        tokens.AddRange(features.Tokens);
        for (int layer = 0; layer < memory.Length; layer++) memory[layer].AddRange(features.Memory[layer]);
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
