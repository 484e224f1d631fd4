using System.Numerics.Tensors;
using PromptAD.Encoders;
using PromptAD.Memory;

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

    /// <summary>Compares each picture with the memory of each other one.</summary>
    /// <param name="pictures">The pictures, encoded.</param>
    /// <param name="banks">A memory of each by itself.</param>
    /// <param name="topPatches">As above.</param>
    /// <param name="done">Told the part that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops within a comparison.</param>
    public static PictureDistances Measure(
        IReadOnlyList<PictureFeatures> pictures,
        IReadOnlyList<MemoryBank> banks,
        int topPatches,
        Action<double> done,
        CancellationToken cancellation)
    {
        float[][] Compare(PictureFeatures picture, MemoryBank bank) =>
            [.. picture.Memory.Select((rows, layer) => bank.LayerMap(layer, rows, cancellation))];
        var found = new float[pictures.Count][][][];
        foreach ((int i, PictureFeatures picture) in pictures.Index())
        {
            found[i] = [.. banks.Select((bank, j) => i == j ? [] : Compare(picture, bank))];
            done((i + 1.0) / pictures.Count);
        }
        return new PictureDistances(found, banks[0].Weights, topPatches);
    }

    /// <summary>How anomalous a picture is to a memory of others, as a detector without words would say.</summary>
    public double Score(int picture, IReadOnlyCollection<int> references) =>
        Score(picture, Nearest(picture, references.Skip(1)), references.First());

    /// <summary>The same for a memory of pictures that it was compared with before, and another one.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="nearest">What <see cref="Nearest"/> says of the former ones.</param>
    /// <param name="another">The other one.</param>
    public double Score(int picture, float[][] nearest, int another)
    {
        float[] Nearer(int layer)
        {
            var nearer = new float[nearest[layer].Length];
            TensorPrimitives.Min(nearest[layer], maps[picture][another][layer], nearer);
            return nearer;
        }
        float[] sums = MemoryBank.Mean(nearest.Length, Nearer, weights), highest = new float[Math.Min(top, sums.Length)]; // rising
        foreach (float sum in sums)
        {
            if (sum <= highest[0]) continue;
            int place = 0;
            for (; place + 1 < highest.Length && highest[place + 1] < sum; place++) highest[place] = highest[place + 1];
            highest[place] = sum;
        }
        return highest.Average(value => (double)value);
    }

    /// <summary>How far the patches of a picture are from the nearest ones of some others, at each layer; infinitely of none.</summary>
    public float[][] Nearest(int picture, IEnumerable<int> references)
    {
        float[][] nearest = [.. maps[picture][picture == 0 ? 1 : 0].Select(layer => new float[layer.Length])];
        foreach (float[] layer in nearest) layer.AsSpan().Fill(float.PositiveInfinity);
        foreach (int reference in references)
            foreach ((int layer, float[] distances) in maps[picture][reference].Index())
                TensorPrimitives.Min(nearest[layer], distances, nearest[layer]);
        return nearest;
    }
}
