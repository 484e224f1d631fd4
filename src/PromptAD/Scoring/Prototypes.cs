using System.Numerics.Tensors;

namespace PromptAD.Scoring;

/// <summary>What prompt learning leaves behind for one level: the normal and the anomalous text feature, each normalised, (E).</summary>
internal sealed record Prototypes(float[] Normal, float[] Anomalous)
{
    /// <summary>
    /// softmax(s · [z·w_n, z·w_a])[anomalous] for each row z of normalised features, (rows, E). Values lie in [0, 1].
    /// </summary>
    public float[] Score(ReadOnlySpan<float> features, float scale)
    {
        int channels = Normal.Length;
        var scores = new float[features.Length / channels];
        for (int row = 0; row < scores.Length; row++)
        {
            ReadOnlySpan<float> z = features.Slice(row * channels, channels);
            float difference = scale * (TensorPrimitives.Dot(z, Normal) - TensorPrimitives.Dot(z, Anomalous));
            scores[row] = 1 / (1 + MathF.Exp(difference));
        }
        return scores;
    }
}
