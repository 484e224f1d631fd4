using PromptAD.Pictures;
using PromptAD.Pretraining.Data;

using static TorchSharp.torch;

namespace PromptAD.Pretraining.Model;

/// <summary>Good drawn pictures of many kinds, by which first weights are brought to a common deviation.</summary>
internal static class SamplePictures
{
    /// <summary>Draws them, the same in every run: normalised, (count, 3, size, size).</summary>
    /// <param name="count">How many.</param>
    /// <param name="size">Their side in pixels.</param>
    public static Tensor Draw(int count, int size)
    {
        using var generator = new PictureGenerator(size);
        IReadOnlyList<DrawnPicture> pictures = [.. Enumerable.Range(0, count)
            .Select(i => new Product(ProductKind.Training[i % ProductKind.Training.Count], (ulong)i, Difficulty: 0.3))
            .Select(product => generator.DrawPair(product, product.Seed).Clean)];
        return Batch.Normalize(Batch.ToUnit(Batch.ToTensor(pictures)));
    }
}
