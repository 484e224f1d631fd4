using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>The loss of one level (section 3 of the method): L = L_v2t + L_EAM + λ · L_align.</summary>
/// <param name="options">The margin, the weight λ and mark Q4.</param>
/// <param name="scale">s, the temperature (mark Q3).</param>
/// <param name="perPixel">Whether this is the pixel level, where mark Q4 applies.</param>
internal sealed class PromptLosses(LossOptions options, float scale, bool perPixel)
{
    /// <summary>The terms, scalars: contrastive, explicit anomaly margin, alignment and their weighted sum.</summary>
    /// <param name="features">The text features with the contexts as they are.</param>
    /// <param name="visual">
    /// z: normalised visual features, (images, rows, E) with one row an image at the image level, all patches at the pixel level.
    /// </param>
    public (Tensor Contrastive, Tensor Margin, Tensor Alignment, Tensor Total) Compute(PromptFeatures features, Tensor visual)
    {
        Tensor normal = features.NormalPrototype(), anomalous = features.AnomalousPrototype();
        Tensor contrastive = Contrastive(features, visual.view(-1, visual.shape[2]), normal);
        Tensor margin = Margin(visual, normal, anomalous);
        Tensor alignment = Alignment(features);
        Tensor total = contrastive.Plus(margin * Keep(options.MarginWeight)).Plus(alignment * Keep(options.AlignmentWeight));
        return (contrastive, margin, alignment, total);
    }

    /// <summary>L_align: |mean f̂_MAP - mean f̂_LAP|²; 0 where there are no manual prompts to align with.</summary>
    private static Tensor Alignment(PromptFeatures features)
    {
        if (features.Manual.shape[0] == 0) return zeros(1).sum();
        Tensor manual = PromptFeatures.Normalize(features.Manual).mean([0L]);
        Tensor learned = PromptFeatures.Normalize(features.Learned).mean([0L]);
        return Squared(manual - learned).sum();
    }

    /// <summary>L_v2t: cross-entropy of s · [z·w_n, z·f̂_1, …] against the normal class, mean over z.</summary>
    private Tensor Contrastive(PromptFeatures features, Tensor visual, Tensor normal)
    {
        Tensor abnormal = PromptFeatures.Normalize(cat([features.Manual, features.Learned], 0));
        Tensor logits = visual.matmul(cat([normal.unsqueeze(0), abnormal], 0).t()) * Keep(scale); // (z, 1 + NM + NL)
        return nn.functional.cross_entropy(logits, zeros(logits.shape[0], dtype: ScalarType.Int64));
    }

    /// <summary>L_EAM: mean relu(|z - w_n|² - |z - w_a|² + margin).</summary>
    private Tensor Margin(Tensor visual, Tensor normal, Tensor anomalous)
    {
        // Q4: the published program sums over tokens and takes the hinge per channel; the paper sums over channels and takes it per token.
        long summed = perPixel && options.PixelMargin == PixelMargin.PerChannel ? 1 : 2;
        Tensor toNormal = Squared(visual - normal).sum(summed), toAnomalous = Squared(visual - anomalous).sum(summed);
        return (toNormal - toAnomalous).Plus(options.Margin).relu().mean();
    }

    private static Tensor Squared(Tensor x) => x * x;
}
