using PromptAD.Encoders;

namespace PromptAD.Memory;

/// <summary>Makes memory banks of encoded pictures.</summary>
public static class MemoryFitting
{
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
    internal static MemoryBank With(MemoryBank bank, IReadOnlyList<PictureFeatures> pictures, CancellationToken cancellation = default) =>
        bank.Of(pictures[0].Memory.Select((_, layer) => Joined([.. pictures.Select(picture => picture.Memory[layer])])), cancellation);

    /// <summary>How each layer's rows are whitened, as <see cref="WhiteningFit"/> finds it.</summary>
    /// <param name="good">The pictures as they are.</param>
    /// <param name="gentle">Gentle variations of each of them, with the same patches.</param>
    /// <param name="widths">The length of a row at each layer.</param>
    /// <param name="cancellation">Stops between two variations.</param>
    internal static IReadOnlyList<Whitening> Whiten(
        IReadOnlyList<PictureFeatures> good,
        IEnumerable<IEnumerable<PictureFeatures>> gentle,
        IReadOnlyList<int> widths,
        CancellationToken cancellation = default)
    {
        WhiteningFit[] layers = [.. widths.Select(width => new WhiteningFit(width))];
        foreach ((PictureFeatures picture, IEnumerable<PictureFeatures> variations) in good.Zip(gentle))
        {
            foreach ((int layer, WhiteningFit fit) in layers.Index()) fit.Add(picture.Memory[layer]);
            foreach (PictureFeatures changed in variations)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach ((int layer, WhiteningFit fit) in layers.Index()) fit.AddVariation(picture.Memory[layer], changed.Memory[layer]);
            }
        }
        cancellation.ThrowIfCancellationRequested();
        return [.. layers.Select(fit => fit.Find(cancellation))];
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
