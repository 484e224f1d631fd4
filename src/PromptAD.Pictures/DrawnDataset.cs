namespace PromptAD.Pictures;

/// <summary>Pictures of a product as a data set in the layout of MVTec AD.</summary>
public static class DrawnDataset
{
    /// <summary>Draws the pictures one after the other, with their masks.</summary>
    /// <param name="generator">Draws.</param>
    /// <param name="product">What is drawn; its seed names the items too.</param>
    /// <param name="train">Good pictures to learn from.</param>
    /// <param name="good">Good pictures to test with.</param>
    /// <param name="defective">Defective pictures to test with.</param>
    /// <returns>Paths inside the data set, and pixels: three bytes a pixel, or one a pixel for a mask.</returns>
    public static IEnumerable<(string Path, byte[] Pixels)> Draw(
        PictureGenerator generator, Product product, int train, int good, int defective)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(product);
        for (int i = 0; i < train + good; i++)
        {
            string name = i < train ? Path.Combine("train", "good", $"{i:000}.png") : Path.Combine("test", "good", $"{i - train:000}.png");
            yield return (name, generator.DrawClean(product, Rng.Derive(product.Seed, (ulong)i)).Rgb);
        }
        for (int i = 0; i < defective; i++)
        {
            DrawnPicture picture = generator.DrawPair(product, Rng.Derive(product.Seed, 1_000_000 + (ulong)i)).Defective;
            string type = $"{picture.Defect}".ToLowerInvariant();
            yield return (Path.Combine("test", type, $"{i:000}.png"), picture.Rgb);
            yield return (Path.Combine("ground_truth", type, $"{i:000}_mask.png"), picture.Mask!);
        }
    }
}
