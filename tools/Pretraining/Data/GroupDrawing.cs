using PromptAD.Pictures;

namespace PromptAD.Pretraining.Data;

/// <summary>Draws the groups of pictures that are learned from.</summary>
internal static class GroupDrawing
{
    private const int CleanPictures = 3, Pairs = 2;
    private const double InFixture = 0.25; // of the products

    /// <summary>The group of a number.</summary>
    /// <param name="generator">Draws.</param>
    /// <param name="seed">Names all groups.</param>
    /// <param name="number">Names this one.</param>
    public static PictureGroup Draw(PictureGenerator generator, int seed, long number) =>
        Draw(generator, (ulong)seed * 1_000_000_007 + (ulong)number, Difficulty(number));

    // Easy products first: few blemishes, clear defects.
    private static double Difficulty(long number) => 0.1 + 0.35 * Math.Min(1, number / 3000.0);

    private static PictureGroup Draw(PictureGenerator generator, ulong seed, double difficulty)
    {
        const int Tries = 10;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return generator.DrawGroup(Product.Draw(seed + ((ulong)attempt << 56), difficulty, InFixture), seed, CleanPictures, Pairs);
            }
            catch (InvalidOperationException) when (attempt < Tries)
            {
                // A product on which no defect can be seen is rare; another takes its place.
            }
        }
    }
}
