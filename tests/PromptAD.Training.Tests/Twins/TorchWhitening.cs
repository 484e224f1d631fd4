using PromptAD.Memory;
using TorchSharp;

using static TorchSharp.torch;

namespace PromptAD.Training.Tests.Twins;

/// <summary>Whitening as libtorch's matrix products, factor and inverse make it.</summary>
internal static class TorchWhitening
{
    /// <param name="good">Rows of each good picture at one layer, (patches, width).</param>
    /// <param name="gentle">The same rows of each of its gentle variations.</param>
    /// <param name="width">The length of a row.</param>
    public static Whitening Fit(float[][] good, float[][][] gentle, int width)
    {
        const double shrinkage = 0.05;
        using DisposeScope scope = NewDisposeScope();
        Tensor Rows(float[] rows) => tensor(rows).reshape(-1, width).to(float64);
        Tensor all = Rows([.. good.SelectMany(rows => rows)]), mean = all.mean([0]), centred = all - mean;
        Tensor covariance = zeros([width, width], float64);
        int count = 0;
        foreach ((int i, float[] rows) in good.Index())
        {
            Tensor picture = Rows(rows);
            foreach (float[] changed in gentle[i])
            {
                Tensor difference = Rows(changed) - picture; // (patches, width)
                covariance = covariance.Plus(difference.t().matmul(difference));
                count += changed.Length / width;
            }
        }
        double variance = (centred * centred).mean().item<double>();
        Tensor diagonal = eye(width, dtype: float64) * Scalars.Keep(variance * shrinkage);
        Tensor inverse = linalg.inv(linalg.cholesky((covariance / Scalars.Keep((double)count)).Plus(diagonal)));
        return new Whitening([.. mean.to(float32).data<float>()], [.. inverse.to(float32).contiguous().data<float>()]);
    }
}
