using PromptAD.Encoders;
using PromptAD.Memory;
using TorchSharp;

namespace PromptAD.Training;

/// <summary>Makes the memory bank of the good pictures.</summary>
internal static class MemoryFitting
{
    /// <summary>
    /// The part of the good patches' mean variance that is added to each channel's own before whitening: a few variations of a few pictures
    /// say little of most directions. Shrinkage towards the sphere, as usual for covariances from few rows.
    /// </summary>
    private const double Shrinkage = 0.05;

    private const double SmallestVariance = 1e-8; // of a picture without any structure

    /// <summary>The memory bank of some pictures, each as it is and as it may also look.</summary>
    /// <param name="good">The pictures as they are; at least one.</param>
    /// <param name="moved">Other views of the pictures: moved by parts of a patch, or gently varied.</param>
    /// <param name="widths">The length of a row at each layer.</param>
    /// <param name="whitenings">What each layer's rows are whitened by; null to compare directions alone.</param>
    /// <param name="weights">What each layer counts; null for all alike.</param>
    /// <param name="cancellation">Stops the whitening.</param>
    public static MemoryBank Fit(
        IEnumerable<PictureFeatures> good,
        IEnumerable<PictureFeatures> moved,
        IReadOnlyList<int> widths,
        IReadOnlyList<Whitening>? whitenings = null,
        IReadOnlyList<float>? weights = null,
        CancellationToken cancellation = default) =>
        With(new MemoryBank([], widths, whitenings, weights), [.. good, .. moved], cancellation);

    /// <summary>The memory bank of other pictures, whitened as a given one is.</summary>
    public static MemoryBank With(MemoryBank bank, IReadOnlyList<PictureFeatures> pictures, CancellationToken cancellation = default) =>
        bank.Of(pictures[0].Memory.Select((_, layer) => Joined([.. pictures.Select(picture => picture.Memory[layer])])), cancellation);

    /// <summary>
    /// What makes of patches' distances how unlike they are, as against how much a good patch changes when nothing but the camera's view
    /// of it does: with Σ the mean of δ·δᵀ over patches and gentle variations, where δ is what a variation adds to a patch, x to
    /// L⁻¹·(x - mean) with Σ + shrinkage = L·Lᵀ.
    /// </summary>
    /// <param name="good">The pictures as they are.</param>
    /// <param name="gentle">Gentle variations of each of them, with the same patches.</param>
    /// <param name="widths">The length of a row at each layer.</param>
    /// <param name="cancellation">Stops between two variations.</param>
    public static IReadOnlyList<Whitening> Whiten(
        IReadOnlyList<PictureFeatures> good,
        IReadOnlyList<PictureFeatures[]> gentle,
        IReadOnlyList<int> widths,
        CancellationToken cancellation = default)
    {
        Whitening Layer(int layer) => Whiten(
            [.. good.Select(picture => picture.Memory[layer])],
            [.. gentle.Select(variations => variations.Select(picture => picture.Memory[layer]).ToArray())],
            widths[layer],
            cancellation);
        return [.. Enumerable.Range(0, good[0].Memory.Count).Select(Layer)];
    }

    private static Whitening Whiten(float[][] good, float[][][] gentle, int width, CancellationToken cancellation)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor Rows(float[] rows) => torch.tensor(rows).reshape(-1, width).to(torch.float64);
        torch.Tensor all = Rows(Joined(good)), mean = all.mean([0]), centred = all - mean;
        torch.Tensor covariance = torch.zeros([width, width], torch.float64);
        int count = 0;
        foreach ((int i, float[] rows) in good.Index())
        {
            torch.Tensor picture = Rows(rows);
            foreach (float[] changed in gentle[i])
            {
                cancellation.ThrowIfCancellationRequested();
                torch.Tensor difference = Rows(changed) - picture; // δ, (patches, width)
                covariance = covariance.Plus(difference.t().matmul(difference));
                count += changed.Length / width;
            }
        }
        double variance = Math.Max(SmallestVariance, (centred * centred).mean().item<double>());
        torch.Tensor shrinkage = torch.eye(width, dtype: torch.float64) * Scalars.Keep(variance * Shrinkage);
        torch.Tensor shrunk = (covariance / Scalars.Keep(Math.Max(1, count))).Plus(shrinkage);
        cancellation.ThrowIfCancellationRequested();
        torch.Tensor inverse = torch.linalg.inv(torch.linalg.cholesky(shrunk));
        return new Whitening([.. mean.to(torch.float32).data<float>()], [.. inverse.to(torch.float32).contiguous().data<float>()]);
    }

    private static float[] Joined(float[][] parts)
    {
        var joined = new float[parts.Sum(part => part.Length)];
        int start = 0;
        foreach (float[] part in parts)
        {
            part.CopyTo(joined, start);
            start += part.Length;
        }
        return joined;
    }
}
