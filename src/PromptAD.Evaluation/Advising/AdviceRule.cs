namespace PromptAD.Evaluation.Advising;

/// <summary>
/// What is recommended. Plain training with most shots stands until something is shown to be better or to do as well for less: with few
/// pictures, most differences are noise.
/// </summary>
public static class AdviceRule
{
    /// <summary>What an option must gain at least, and what a saving may lose at most, in AUROC.</summary>
    public const double Point = 0.01;

    /// <summary>What tiles must gain at least: on real defects they mostly did two to seven points worse than on painted ones.</summary>
    public const double TilesPoint = 0.05;

    /// <summary>
    /// The AUROC from which fewer shots may be recommended: where painted defects are hardly told from good pictures, all detectors look
    /// alike.
    /// </summary>
    internal const double LeastTold = 0.6;

    /// <summary>With fewer pictures to test with, nothing can be shown.</summary>
    public const int LeastTestPictures = 4;

    /// <summary>What an option must gain at least.</summary>
    public static double LeastGain(AdviceVariant option) => option.Tiles is null ? Point : TilesPoint;

    /// <summary>Whether a gain is as large as it must be and more than noise explains, measured on so many good pictures.</summary>
    public static bool IsShown(PairedDifference gain, double least, int testPictures) =>
        testPictures >= LeastTestPictures && gain.Value >= least && gain.Interval.Lower > 0;

    /// <summary>
    /// From the cheapest to the dearest, an option takes the place of what is recommended so far if it gains what it must at least and the
    /// interval of the gain lies above zero. If none does, the fewest shots are taken whose interval shows a loss of at most a point.
    /// </summary>
    /// <param name="plain">The plain detector of most shots.</param>
    /// <param name="options">What costs more, the cheapest first.</param>
    /// <param name="least">What an option must gain at least.</param>
    /// <param name="fewer">Plain detectors of fewer shots that may be recommended, the fewest first.</param>
    /// <param name="testPictures">Good pictures that were tested with.</param>
    /// <param name="difference">How much the first is better than the second.</param>
    internal static T Choose<T>(
        T plain, IEnumerable<T> options, Func<T, double> least, IEnumerable<T> fewer, int testPictures,
        Func<T, T, PairedDifference> difference)
        where T : class
    {
        if (testPictures < LeastTestPictures) return plain;
        T best = plain;
        foreach (T option in options)
        {
            if (IsShown(difference(option, best), least(option), testPictures)) best = option;
        }
        return best != plain ? best : fewer.FirstOrDefault(saving => difference(saving, plain).Interval.Lower >= -Point) ?? plain;
    }
}
