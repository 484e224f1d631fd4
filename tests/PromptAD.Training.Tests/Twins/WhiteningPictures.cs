using PromptAD.Imaging;
using PromptAD.Memory;

namespace PromptAD.Training.Tests.Twins;

/// <summary>Made features of good pictures and their gentle variations at one layer, whose channels hang together.</summary>
internal sealed class WhiteningPictures
{
    private readonly int width;
    private readonly float[][] good; // (patches, width) each
    private readonly float[][][] gentle;

    public WhiteningPictures(int width, int patches, int shots)
    {
        this.width = width;
        var random = new Random(width);
        good = [.. Enumerable.Range(0, shots).Select(_ => Rows(random, patches, 1))];
        float[] Changed(float[] rows) => [.. rows.Zip(Rows(random, patches, 0.3f), (value, change) => value + change)];
        gentle = [.. good.Select(rows => Enumerable.Range(0, GentleVariation.Count).Select(_ => Changed(rows)).ToArray())];
    }

    /// <summary>As the product does it.</summary>
    public Whitening Find()
    {
        var fit = new WhiteningFit(width);
        foreach ((float[] rows, float[][] variations) in good.Zip(gentle))
        {
            fit.Add(rows);
            foreach (float[] changed in variations) fit.AddVariation(rows, changed);
        }
        return fit.Find();
    }

    /// <summary>By libtorch.</summary>
    public Whitening ByTorch() => TorchWhitening.Fit(good, gentle, width);

    private float[] Rows(Random random, int patches, float scale)
    {
        var rows = new float[patches * width];
        for (int i = 0; i < rows.Length; i++)
        {
            float before = i % width == 0 ? 0 : rows[i - 1];
            rows[i] = (0.7f * before) + (scale * ((random.NextSingle() - 0.4f) / (1 + (i % width % 50))));
        }
        return rows;
    }
}
