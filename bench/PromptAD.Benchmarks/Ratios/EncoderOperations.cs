using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Dino;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>The multiplications and additions that an encoder's outputs need, in matrix products and convolutions alone.</summary>
internal static class EncoderOperations
{
    /// <summary>Of one picture, for a backbone without a stem whose last block has no tap.</summary>
    public static double Count(IEncoderConfiguration configuration) => 2 * configuration switch
    {
        ClipConfiguration clip => Clip(clip),
        DinoConfiguration dino => Dino(dino),
        _ => throw new ArgumentOutOfRangeException(nameof(configuration)),
    };

    private static double Clip(ClipConfiguration configuration)
    {
        VisionConfiguration vision = configuration.Vision;
        double width = vision.Width, patches = vision.Patches, tokens = 1 + patches, embedding = configuration.EmbeddingSize;
        double square = width * width, mlp = 2 * width * vision.MlpWidth;
        double embed = vision.Trunk is { } trunk
            ? Trunk(trunk, vision.ImageSize) + (patches * width * trunk.Widths.Sum())
            : patches * width * 3 * vision.PatchSize * vision.PatchSize;
        double own = patches * ((2 * tokens * width) + square); // v-v attention and its output projection
        double block = tokens * ((4 * square) + mlp + (2 * tokens * width)) + own;
        double last = (2 * tokens * square) + (2 * square) + mlp + (2 * tokens * width) + own; // one query: the class token's
        double project = tokens * width * embedding;
        return embed + ((vision.Layers - 1) * block) + last + project;
    }

    private static double Trunk(ResidualTrunk trunk, int side)
    {
        double sum = 0;
        foreach ((string name, long[] kernel) in trunk.Convolutions())
        {
            // trunk.conv1 halves the picture; the others are named trunk.{stage}.{block}.…, and a stage keeps its stride.
            int stride = name == ResidualTrunk.First ? 2 : ResidualTrunk.StrideOf(int.Parse(name.Split('.')[1]));
            sum += Math.Pow(side / stride, 2) * kernel.Aggregate((product, length) => product * length);
        }
        return sum;
    }

    private static double Dino(DinoConfiguration configuration)
    {
        double width = configuration.Width, patches = configuration.Patches, tokens = configuration.FrontTokens + patches;
        int matrices = configuration.FeedForward == DinoFeedForward.Mlp ? 2 : 3;
        double block = tokens * ((4 * width * width) + (matrices * width * configuration.HiddenWidth) + (2 * tokens * width));
        double embed = patches * width * 3 * configuration.PatchSize * configuration.PatchSize;
        return embed + ((configuration.Taps.Blocks[^1] + 1) * block);
    }
}
