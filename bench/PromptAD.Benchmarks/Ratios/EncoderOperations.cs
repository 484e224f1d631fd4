using PromptAD.Encoders.Clip;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>The multiplications and additions that the encoder's outputs need, in matrix products alone.</summary>
internal static class EncoderOperations
{
    /// <summary>Of one picture, for a backbone without a stem whose last block has no tap.</summary>
    public static double Count(ClipConfiguration configuration)
    {
        VisionConfiguration vision = configuration.Vision;
        double width = vision.Width, patches = vision.Patches, tokens = 1 + patches, embedding = configuration.EmbeddingSize;
        double square = width * width, mlp = 2 * width * vision.MlpWidth;
        double embed = patches * width * 3 * vision.PatchSize * vision.PatchSize;
        double own = patches * ((2 * tokens * width) + square); // v-v attention and its output projection
        double block = tokens * ((4 * square) + mlp + (2 * tokens * width)) + own;
        double last = (2 * tokens * square) + (2 * square) + mlp + (2 * tokens * width) + own; // one query: the class token's
        double project = tokens * width * embedding;
        return 2 * (embed + ((vision.Layers - 1) * block) + last + project);
    }
}
