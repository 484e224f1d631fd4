using PromptAD.Scoring;
using TorchSharp;

namespace PromptAD.Training;

/// <summary>Makes the memory bank of the good pictures.</summary>
internal static class MemoryFitting
{
    /// <summary>
    /// The part of the mean variance that is added to each channel's own before whitening: directions in which a few good pictures do not
    /// vary by chance must not decide alone. Shrinkage towards the sphere, as usual for covariances from few rows.
    /// </summary>
    private const double Shrinkage = 0.1;

    private const double SmallestVariance = 1e-8; // of a picture without any structure

    /// <summary>The memory bank of some pictures, each as it is and moved.</summary>
    /// <param name="good">The pictures as they are; at least one.</param>
    /// <param name="moved">The pictures moved by parts of a patch.</param>
    /// <param name="width">The length of a row of the memory.</param>
    /// <param name="whiten">Whether channels are decorrelated.</param>
    public static MemoryBank Fit(IReadOnlyList<PictureFeatures> good, IEnumerable<PictureFeatures> moved, int width, bool whiten)
    {
        PictureFeatures[] all = [.. good, .. moved];
        float[][] layers = [.. good[0].Memory.Select((_, layer) => all.SelectMany(picture => picture.Memory[layer]).ToArray())];
        if (!whiten) return new MemoryBank(layers, width);
        Whitening[] whitenings = [.. layers.Select(rows => Whiten(rows, width))];
        return new MemoryBank([.. layers.Select((rows, layer) => whitenings[layer].Apply(rows))], width, whitenings);
    }

    /// <summary>The memory bank of other pictures, whitened as a given one is.</summary>
    public static MemoryBank With(MemoryBank bank, IReadOnlyList<PictureFeatures> pictures)
    {
        float[] Layer(int layer)
        {
            float[] rows = [.. pictures.SelectMany(picture => picture.Memory[layer])];
            return bank.Whitenings is null ? rows : bank.Whitenings[layer].Apply(rows);
        }

        return new MemoryBank([.. Enumerable.Range(0, bank.Layers.Count).Select(Layer)], bank.Width, bank.Whitenings);
    }

    /// <summary>
    /// The transform after which rows, (rows, width), have mean 0 and a covariance near the identity: with Σ = L·Lᵀ, x to L⁻¹·(x - mean).
    /// </summary>
    private static Whitening Whiten(float[] rows, int width)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor all = torch.tensor(rows, [rows.Length / width, width]).to(torch.float64);
        torch.Tensor mean = all.mean([0]), centred = all - mean, identity = torch.eye(width, dtype: torch.float64);
        torch.Tensor covariance = centred.t().matmul(centred) / Scalars.Keep(rows.Length / width);
        double variance = Math.Max(SmallestVariance, covariance.trace().item<double>() / width);
        torch.Tensor root = torch.linalg.cholesky(covariance.Plus(identity * Scalars.Keep(variance * Shrinkage)));
        torch.Tensor inverse = torch.linalg.inv(root);
        return new Whitening([.. mean.to(torch.float32).data<float>()], [.. inverse.to(torch.float32).contiguous().data<float>()]);
    }
}
