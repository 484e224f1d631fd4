using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Data;

/// <summary>Changes the light and the colours of a group's pictures: most of it alike for all of them, a little for each.</summary>
internal static class Photometry
{
    private static readonly int[][] Orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    /// <param name="pictures">Values from 0 to 1, (pictures, 3, size, size).</param>
    /// <param name="random">The changes.</param>
    public static Tensor Change(Tensor pictures, Random random)
    {
        double Normal(double deviation) => deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
        float[] Each(Func<double> draw) => [.. Enumerable.Range(0, (int)pictures.shape[0]).Select(_ => (float)draw())];

        if (random.NextDouble() < 0.25) pictures = pictures.mean([1L], keepdim: true).expand(pictures.shape[0], 3, -1, -1);
        else if (random.NextDouble() < 0.4) pictures = pictures[TensorIndex.Ellipsis].index_select(1, tensor(Orders[random.Next(Orders.Length)].Select(o => (long)o).ToArray()));
        double contrast = Math.Exp(Normal(0.2)), pivot = 0.3 + (0.4 * random.NextDouble());
        float[] gains = [.. Enumerable.Range(0, 3).Select(_ => (float)Math.Exp(Normal(0.06)))];
        pictures = ((pictures - Keep(pivot)) * Keep(contrast)).Plus(pivot);
        pictures = pictures * tensor(gains).view(1, 3, 1, 1) * Keep(Math.Exp(Normal(0.2)));
        double each = random.NextDouble() < 0.5 ? 0.02 : 0.08;
        pictures = pictures * tensor(Each(() => Math.Exp(Normal(each)))).view(-1, 1, 1, 1);
        pictures = pictures.Plus(tensor(Each(() => Normal(each / 4))).view(-1, 1, 1, 1));
        if (random.NextDouble() < 0.3)
            pictures = pictures.Plus(randn(pictures.shape, generator: new Generator((ulong)random.NextInt64())) * Keep(0.02 * random.NextDouble()));
        return pictures.clamp(Keep(0), Keep(1));
    }
}
