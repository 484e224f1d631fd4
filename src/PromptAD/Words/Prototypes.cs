using System.Numerics.Tensors;

namespace PromptAD.Words;

/// <summary>What prompt learning leaves behind for one level: the normal and the anomalous text feature, each normalised, (E).</summary>
public sealed record Prototypes(float[] Normal, float[] Anomalous)
{
    /// <summary>
    /// softmax(s · [z·w_n, z·w_a])[anomalous] for each row z of normalised features, (rows, E). Values lie in [0, 1].
    /// </summary>
    public float[] Score(ReadOnlySpan<float> features, float scale)
    {
        float[] scores = Logits(features, scale);
        for (int row = 0; row < scores.Length; row++) scores[row] = Probability(scores[row]);
        return scores;
    }

    /// <summary>The softmax over two prototypes, from the difference of their logits.</summary>
    internal static float Probability(float logit) => 1 / (1 + MathF.Exp(-logit));

    /// <summary>
    /// s · (z·w_a - z·w_n) for each row z of normalised features, (rows, E): above 0 where the anomalous prototype is nearer.
    /// </summary>
    internal float[] Logits(ReadOnlySpan<float> features, float scale)
    {
        int channels = Normal.Length;
        var logits = new float[features.Length / channels];
        for (int row = 0; row < logits.Length; row++)
        {
            ReadOnlySpan<float> z = features.Slice(row * channels, channels);
            logits[row] = -scale * (TensorPrimitives.Dot(z, Normal) - TensorPrimitives.Dot(z, Anomalous));
        }
        return logits;
    }
}
