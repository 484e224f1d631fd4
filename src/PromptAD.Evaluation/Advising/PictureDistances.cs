using System.Numerics.Tensors;
using PromptAD.Scoring;
using PromptAD.Training;

namespace PromptAD.Evaluation.Advising;

/// <summary>How far the patches of each picture are from those of each other one, so that any choice of references can be judged.</summary>
/// <param name="maps">
/// For each picture, for each other, the distances to its nearest patch at each layer, (patches); a picture to itself is not looked at.
/// </param>
/// <param name="weights">What each layer counts; null for all alike.</param>
/// <param name="topPatches">How many of the most anomalous patches make a picture's score; 0 for the highest alone.</param>
internal sealed class PictureDistances(float[][][][] maps, IReadOnlyList<float>? weights, int topPatches)
{
    private readonly int top = Math.Max(1, topPatches);

    public int Count => maps.Length;

    /// <summary>Compares encoded pictures, whitened by their variations where there are any.</summary>
    public static PictureDistances Measure(
        IReadOnlyList<PictureFeatures> pictures,
        IReadOnlyList<PictureFeatures[]>? gentle,
        int width,
        IReadOnlyList<float>? weights,
        int topPatches,
        CancellationToken cancellation)
    {
        IReadOnlyList<Whitening>? whitenings = gentle is null ? null : MemoryFitting.Whiten(pictures, gentle, width);
        MemoryBank[] banks = [.. pictures.Select(picture => MemoryFitting.Fit([picture], [], width, whitenings, weights))];
        float[][] Compare(PictureFeatures picture, MemoryBank bank)
        {
            cancellation.ThrowIfCancellationRequested();
            return [.. picture.Memory.Select((rows, layer) => bank.LayerMap(layer, rows))];
        }
        float[][][][] found =
            [.. pictures.Select((picture, i) => banks.Select((bank, j) => i == j ? [] : Compare(picture, bank)).ToArray())];
        return new PictureDistances(found, weights, topPatches);
    }

    /// <summary>How anomalous a picture is to a memory of others, as a detector without words would say.</summary>
    public double Score(int picture, IReadOnlyCollection<int> references)
    {
        float[][][] others = maps[picture];
        float[] Nearest(int layer)
        {
            float[] nearest = [.. others[references.First()][layer]];
            foreach (int reference in references) TensorPrimitives.Min(nearest, others[reference][layer], nearest);
            return nearest;
        }
        float[] sums = MemoryBank.Mean(others[references.First()].Length, Nearest, weights);
        Array.Sort(sums);
        int count = Math.Min(top, sums.Length);
        return sums.AsSpan(sums.Length - count).ToArray().Average(value => (double)value);
    }
}
