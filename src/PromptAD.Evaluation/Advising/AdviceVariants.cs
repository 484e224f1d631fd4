namespace PromptAD.Evaluation.Advising;

/// <summary>What is tried for pictures of some sizes.</summary>
internal static class AdviceVariants
{
    private const int LargePicture = 1000;
    private const double LongestAspect = 1.5;

    /// <summary>Plain with most shots, options with most shots from the cheapest to the dearest, fewer shots.</summary>
    /// <param name="shots">Numbers of pictures to learn from, the fewest first.</param>
    /// <param name="sizes">The pictures' widths and heights.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="backbone">What encodes them.</param>
    /// <param name="remarks">Takes a sentence for each option that does not fit the pictures.</param>
    public static IEnumerable<AdviceVariant> Of(
        int[] shots, List<(int Width, int Height)> sizes, AdviceOptions options, Backbone backbone, List<string> remarks)
    {
        int most = shots[^1], side = backbone.Encoder.InputSize;
        ScoringOptions scoring = options.Training.Scoring.For(backbone);
        yield return new AdviceVariant(most);
        if (options.TriesPoses)
        {
            if (sizes.TrueForAll(size => Math.Max(size.Width, size.Height) <= LongestAspect * Math.Min(size.Width, size.Height)))
                yield return new AdviceVariant(most, Poses: PoseOptions.Quarter);
            else
                remarks.Add("Poses were not tried: of pictures so long, much would be missing after a quarter turn.");
        }
        if (options.TriesMemoryShifts && scoring.MemoryShifts == 1) yield return new AdviceVariant(most, MemoryShifts: 2);
        if (options.TriesTiles)
        {
            int longest = sizes.Min(size => Math.Max(size.Width, size.Height));
            if (longest > side)
                yield return new AdviceVariant(most, Tiles: new Tiling(2, 2));
            else
                remarks.Add($"Tiles were not tried: a picture has no more than the {side} pixels that the encoder sees at once.");
            if (longest > LargePicture)
                yield return new AdviceVariant(most, Tiles: new Tiling(4, 4));
        }
        foreach (int fewer in shots[..^1]) yield return new AdviceVariant(fewer);
    }
}
