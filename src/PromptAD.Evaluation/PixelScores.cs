using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation;

/// <summary>
/// Collects anomaly maps with their masks, picture by picture, and measures them exactly: every pixel counts and equal scores are ties.
/// Not for use by several threads at once.
/// </summary>
/// <remarks>
/// Memory is bounded by 2 to 4 bytes a normal pixel (2.1 in practice) and 8 to 16 bytes a defective one, plus at most half a megabyte a
/// picture for the bootstrap and about 16 bytes for each pixel of the one picture being added. 200 pictures of 1024 x 1024 of which 2 % is
/// defective take about half a gigabyte; their scores alone, as floats, would take 0.8.
/// </remarks>
public sealed class PixelScores
{
    private static readonly double[] DefaultFprLimits = [0.30, 0.05];

    private readonly ScoreBuckets _normals = new();
    private readonly RegionPixels _defects = new();
    // Holes of regions, which the published variant of AUPRO counts as found defect.
    private readonly RegionPixels _holes = new();
    private readonly List<double> _pixelShares = []; // 1 / pixels of each region
    private readonly PixelSample _sample = new();
    private float _lowest = float.PositiveInfinity;
    private float _highest = float.NegativeInfinity;

    /// <summary>Pictures added so far.</summary>
    public int Pictures => _sample.Pictures;

    /// <summary>Normal pixels added so far.</summary>
    public long NormalPixels => _normals.Count;

    /// <summary>Defective pixels added so far.</summary>
    public long DefectPixels => _defects.Count;

    /// <summary>8-connected defect regions added so far.</summary>
    public int Regions => _pixelShares.Count;

    /// <summary>Adds one picture. After an error nothing of it has been added.</summary>
    /// <param name="map">Anomaly map, row by row, higher is more anomalous; finite. (height · width)</param>
    /// <param name="mask">Every value but 0 is defect; empty means that all is normal. A picture whose defects are unknown cannot be
    /// measured and is left out. (height · width)</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="PromptADException">A score is not finite, or there are more than 2 147 483 591 pixels in all, which is 2047
    /// pictures of 1024 x 1024.</exception>
    /// <exception cref="ArgumentException">A span does not hold width x height values.</exception>
    public void Add(ReadOnlySpan<float> map, ReadOnlySpan<byte> mask, int width, int height)
    {
        Check(map, mask, width, height);
        if (mask.ContainsAnyExcept((byte)0))
        {
            for (int i = 0; i < map.Length; i++)
                if (mask[i] == 0) _normals.Add(ScoreKey.Of(map[i]));
            AddRegions(map, new DefectRegions(mask, width, height));
        }
        else
        {
            foreach (float score in map) _normals.Add(ScoreKey.Of(score));
        }
        _sample.EndPicture(map, mask);
    }

    /// <summary>Measures everything added so far.</summary>
    /// <param name="fprLimits">False-positive rates up to which AUPRO is integrated, each in (0, 1]; none means 0.30 and 0.05.</param>
    /// <exception cref="PromptADException">There is no defective or no normal pixel, or a limit is out of range.</exception>
    public PixelMetrics Measure(params ReadOnlySpan<double> fprLimits)
    {
        double[] limits = CheckedLimits(fprLimits);
        MissingClass.ThrowIfAny(DefectPixels, NormalPixels, "pixel");
        var ranking = new RankingWalk(DefectPixels, NormalPixels);
        OverlapWalk[] overlaps = Array.ConvertAll(limits, limit => new OverlapWalk(limit, NormalPixels, Regions));
        foreach (ScoreGroup group in FromHighest())
        {
            ranking.Step(ScoreKey.ToScore(group.Key), group.Defects, group.Normals);
            for (int l = 0; l < overlaps.Length; l++) overlaps[l].Step(group.Overlap, group.Normals);
        }
        return new PixelMetrics(ranking.Result, [.. limits.Zip(overlaps, (limit, walk) => new Aupro(limit, walk.Result))]);
    }

    /// <summary>
    /// Bootstrap intervals of what <see cref="Measure"/> returns. Whole pictures are drawn again with replacement, those with and without
    /// a defect separately. To stay quick this looks at an evenly spread choice of at most 2048 normal pixels a picture and 512 pixels a
    /// region, and moves the interval by the small difference between the choice and all pixels.
    /// </summary>
    /// <param name="options">Number of resamples, level and seed; null for the defaults.</param>
    /// <param name="fprLimits">As in <see cref="Measure"/>.</param>
    /// <exception cref="PromptADException">There is no defective or no normal pixel, or an option or limit is out of range.</exception>
    public PixelIntervals MeasureIntervals(BootstrapOptions? options = null, params ReadOnlySpan<double> fprLimits)
    {
        double[] limits = CheckedLimits(fprLimits);
        double[] exact = Figures(Measure(limits));
        WeightedRanking ranking = _sample.ToRanking();
        double[] Resampled(double[]? weights)
        {
            (RankingMetrics metrics, double[] aupro) = ranking.MeasureWithOverlap(weights, limits);
            return [.. metrics.ToArray(), .. aupro];
        }

        double[] chosen = Resampled(null);
        Interval[] intervals = Bootstrap.Intervals(ranking, options, Resampled);
        for (int f = 0; f < intervals.Length; f++) intervals[f] = Moved(intervals[f], exact[f] - chosen[f]);
        return new PixelIntervals(RankingIntervals.From(intervals), intervals[3..]);
    }

    /// <summary>
    /// AUPRO as the published program computes it, for comparing numbers with it; <see cref="Measure"/> is the accurate one.
    /// </summary>
    /// <remarks>
    /// It differs in four ways: 200 thresholds in equal steps from the highest score down; a pixel is found when it scores above, not at,
    /// the threshold; the holes of a region count as found pixels but not as its area; and the area ends at the last
    /// step below the limit and is divided by the false-positive rate there.
    /// </remarks>
    /// <param name="fprLimit">Highest false-positive rate that counts, in (0, 1]; default 0.30.</param>
    /// <returns>The area, or null where no step below the limit has a false alarm: the published program divides zero by zero.</returns>
    /// <exception cref="PromptADException">There is no defective or no normal pixel, or the limit is out of range.</exception>
    public double? MeasurePublishedAupro(double fprLimit = 0.30)
    {
        CheckedLimits([fprLimit]);
        MissingClass.ThrowIfAny(DefectPixels, NormalPixels, "pixel");
        var steps = new ThresholdSteps(_lowest, _highest);
        double[] falsePositives = steps.SumsAbove(_normals.FromHighest().Select(n => (n.Key, (double)n.Count)));
        double[] found = steps.SumsAbove(_defects.FromHighest(_pixelShares).Select(d => (d.Key, d.Overlap)));
        double[] filled = steps.SumsAbove(_holes.FromHighest(_pixelShares).Select(h => (h.Key, h.Overlap)));
        return ThresholdSteps.Area(
            Array.ConvertAll(falsePositives, count => count / NormalPixels),
            [.. found.Zip(filled, (f, h) => (f + h) / Regions)],
            fprLimit);
    }

    /// <summary>Counts all pixels at one threshold.</summary>
    /// <param name="threshold">A score at or above it is called defective; any number but NaN.</param>
    /// <exception cref="PromptADException">The threshold is NaN.</exception>
    public Confusion At(double threshold)
    {
        Confusion.Checked(threshold);
        long truePositives = 0, falsePositives = 0;
        foreach (ScoreGroup group in FromHighest())
        {
            if (ScoreKey.ToScore(group.Key) < threshold) break;
            truePositives += group.Defects;
            falsePositives += group.Normals;
        }
        return new Confusion(truePositives, falsePositives, NormalPixels - falsePositives, DefectPixels - truePositives);
    }

    /// <summary>
    /// Bootstrap intervals of the rates of <see cref="At"/>, from the evenly spread choice of pixels that <see cref="MeasureIntervals"/>
    /// describes.
    /// </summary>
    /// <param name="threshold">A score at or above it is called defective; any number but NaN.</param>
    /// <param name="options">Number of resamples, level and seed; null for the defaults.</param>
    /// <exception cref="PromptADException">The threshold is NaN, or an option is out of range.</exception>
    public ConfusionIntervals IntervalsAt(double threshold, BootstrapOptions? options = null) =>
        ConfusionIntervals.At(Confusion.Checked(threshold), _sample.ToRanking(), options);

    private void AddRegions(ReadOnlySpan<float> map, DefectRegions regions)
    {
        for (int r = 0; r < regions.Pixels.Count; r++)
        {
            int[] pixels = regions.Pixels[r];
            foreach (int pixel in pixels) _defects.Add(ScoreKey.Of(map[pixel]), Regions);
            foreach (int pixel in regions.Holes(r)) _holes.Add(ScoreKey.Of(map[pixel]), Regions);
            _sample.AddRegion(map, pixels, regions.Pixels.Count);
            _pixelShares.Add(1.0 / pixels.Length);
        }
    }

    /// <summary>Normal and defective pixels together, one group for each distinct score.</summary>
    private IEnumerable<ScoreGroup> FromHighest()
    {
        using IEnumerator<(uint Key, int Count)> normal = _normals.FromHighest().GetEnumerator();
        using IEnumerator<(uint Key, int Count, double Overlap)> defect = _defects.FromHighest(_pixelShares).GetEnumerator();
        bool moreNormals = normal.MoveNext(), moreDefects = defect.MoveNext();
        while (moreNormals || moreDefects)
        {
            uint key = Math.Max(moreNormals ? normal.Current.Key : 0, moreDefects ? defect.Current.Key : 0);
            int normalsHere = 0, defectsHere = 0;
            double overlap = 0;
            if (moreNormals && normal.Current.Key == key)
            {
                normalsHere = normal.Current.Count;
                moreNormals = normal.MoveNext();
            }
            if (moreDefects && defect.Current.Key == key)
            {
                (_, defectsHere, overlap) = defect.Current;
                moreDefects = defect.MoveNext();
            }
            yield return new ScoreGroup(key, normalsHere, defectsHere, overlap);
        }
    }

    private void Check(ReadOnlySpan<float> map, ReadOnlySpan<byte> mask, int width, int height)
    {
        if (width <= 0 || height <= 0 || (long)width * height != map.Length)
            throw new ArgumentException($"A map of {width} x {height} was given {map.Length} scores; give one a pixel.", nameof(map));
        if (!mask.IsEmpty && mask.Length != map.Length)
            throw new ArgumentException($"The mask has {mask.Length} pixels, the map {map.Length}; resize the mask first.", nameof(mask));
        if (NormalPixels + DefectPixels + map.Length > Array.MaxLength)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"Picture {Pictures} would make more than {Array.MaxLength} pixels in all. Measure smaller maps or fewer pictures.");
        }
        float low = _lowest, high = _highest;
        for (int i = 0; i < map.Length; i++)
        {
            if (!float.IsFinite(map[i]))
            {
                throw new PromptADException(
                    Problem.OutOfRange,
                    $"Picture {Pictures} has the score {map[i]} at x = {i % width}, y = {i / width}; scores must be finite numbers.");
            }
            low = Math.Min(low, map[i]);
            high = Math.Max(high, map[i]);
        }
        (_lowest, _highest) = (low, high);
    }

    private static double[] CheckedLimits(ReadOnlySpan<double> fprLimits)
    {
        foreach (double limit in fprLimits)
        {
            if (!(limit > 0 && limit <= 1))
            {
                throw new PromptADException(
                    Problem.OutOfRange,
                    $"AUPRO was asked for up to a false-positive rate of {limit}; it must be above 0 and at most 1. Use 0.30 or 0.05.");
            }
        }
        return fprLimits.IsEmpty ? DefaultFprLimits : fprLimits.ToArray();
    }

    private static double[] Figures(PixelMetrics metrics) => [.. metrics.Ranking.ToArray(), .. metrics.Aupro.Select(a => a.Value)];

    private static Interval Moved(Interval interval, double by) =>
        new(Math.Clamp(interval.Lower + by, 0, 1), Math.Clamp(interval.Upper + by, 0, 1));

    /// <summary>All pixels of one score.</summary>
    private readonly record struct ScoreGroup(uint Key, int Normals, int Defects, double Overlap);
}
