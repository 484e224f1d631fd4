using PromptAD.Client;

namespace PromptAD.Server.Pages.Limits;

/// <summary>How scores are drawn: places along the axis and heights of bars. Pure.</summary>
public sealed class ScoreShape
{
    /// <summary>The width of the drawing.</summary>
    public const double Width = 1000;

    /// <summary>The height of the drawing.</summary>
    public const double Height = 260;

    private const double Margin = 0.06;
    private readonly double most;

    /// <param name="histogram">The scores.</param>
    /// <param name="range">From where to where is drawn.</param>
    public ScoreShape(ScoreHistogram histogram, (double From, double To) range)
    {
        (From, To) = range;
        most = histogram.Bins.Count == 0 ? 1 : histogram.Bins.Max(one => one.Unreviewed + one.Good + one.Defect);
    }

    /// <summary>The score at the left end.</summary>
    public double From { get; }

    /// <summary>The score at the right end.</summary>
    public double To { get; }

    /// <summary>From where to where something is drawn, so that all scores are seen and the limits, too.</summary>
    /// <param name="histogram">The scores.</param>
    /// <param name="limits">What else has to be seen; values that are no numbers are passed over.</param>
    public static (double From, double To) RangeOf(ScoreHistogram histogram, params IEnumerable<float?> limits)
    {
        double[] seen =
        [
            .. new[] { histogram.Lowest, histogram.Highest }.Concat(limits).OfType<float>().Where(float.IsFinite)
                .Select(one => (double)one),
        ];
        (double low, double high) = seen.Length == 0 ? (0, 1) : (seen.Min(), seen.Max());
        double room = high > low ? (high - low) * Margin : Math.Max(Math.Abs(high) * Margin, 0.01);
        return (Math.Max(0, low - room), high + room);
    }

    /// <summary>Where a score lies.</summary>
    public double At(double score) => Width * Math.Clamp((score - From) / (To - From), 0, 1);

    /// <summary>How high so many are: by the root, so that one part among a thousand is seen.</summary>
    public double HeightOf(int count) => count == 0 ? 0 : Math.Max(4, Height * Math.Sqrt(count / Math.Max(1, most)));

    /// <summary>Scores in bins, as the service makes them of inspections.</summary>
    public static ScoreHistogram Bin(IReadOnlyCollection<(float Score, bool IsDefect)> scores, int bins)
    {
        if (scores.Count == 0) return new ScoreHistogram();
        (float lowest, float highest) = (scores.Min(one => one.Score), scores.Max(one => one.Score));
        double width = ((double)highest - lowest) / bins;
        if (width == 0) bins = 1;
        int[,] counts = new int[bins, 2];
        foreach ((float score, bool isDefect) in scores)
            counts[width == 0 ? 0 : Math.Min(bins - 1, (int)((score - (double)lowest) / width)), isDefect ? 1 : 0]++;
        return new ScoreHistogram
        {
            Inspections = scores.Count,
            Lowest = lowest,
            Highest = highest,
            Bins =
            [
                .. Enumerable.Range(0, bins).Select(i => new ScoreBin(
                    lowest + (i * width), i == bins - 1 ? highest : lowest + ((i + 1) * width), 0, counts[i, 0], counts[i, 1])),
            ],
        };
    }
}
