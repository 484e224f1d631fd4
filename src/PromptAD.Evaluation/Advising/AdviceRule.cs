namespace PromptAD.Evaluation.Advising;

/// <summary>
/// What is recommended. Plain training with most shots stands until something is shown to be better or to do as well for less: with few
/// pictures, most differences are noise.
/// </summary>
internal static class AdviceRule
{
    /// <summary>What an option must gain at least, and what a saving may lose at most, in AUROC.</summary>
    public const double Point = 0.01;

    /// <summary>With fewer pictures to test with, nothing can be shown.</summary>
    public const int LeastTestPictures = 4;

    /// <summary>Whether a gain is at least a point and more than noise explains, measured on so many good pictures.</summary>
    public static bool IsShown(PairedDifference gain, int testPictures) =>
        testPictures >= LeastTestPictures && gain.Value >= Point && gain.Interval.Lower > 0;

    /// <summary>
    /// From the cheapest to the dearest, an option takes the place of what is recommended so far if it gains at least a point and the
    /// interval of the gain lies above zero. If none does, the fewest shots are taken whose interval shows a loss of at most a point.
    /// </summary>
    /// <param name="plain">The plain detector of most shots.</param>
    /// <param name="options">What costs more, the cheapest first.</param>
    /// <param name="fewer">Plain detectors of fewer shots, the fewest first.</param>
    /// <param name="testPictures">Good pictures that were tested with.</param>
    /// <param name="difference">How much the first is better than the second.</param>
    public static T Choose<T>(
        T plain, IEnumerable<T> options, IEnumerable<T> fewer, int testPictures, Func<T, T, PairedDifference> difference)
        where T : class
    {
        if (testPictures < LeastTestPictures) return plain;
        T best = plain;
        foreach (T option in options)
        {
            if (IsShown(difference(option, best), testPictures)) best = option;
        }
        return best != plain ? best : fewer.FirstOrDefault(saving => difference(saving, plain).Interval.Lower >= -Point) ?? plain;
    }
}
