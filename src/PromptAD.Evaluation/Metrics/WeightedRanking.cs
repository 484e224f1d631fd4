namespace PromptAD.Evaluation.Metrics;

/// <summary>One scored thing, a picture or a pixel, and what it counts for.</summary>
/// <param name="Score">Anomaly score.</param>
/// <param name="Picture">Index of the picture it belongs to.</param>
/// <param name="Defect">How many defective items it stands for.</param>
/// <param name="Normal">How many normal items it stands for.</param>
/// <param name="Overlap">Its share of its defect region; 0 for a picture and a normal pixel.</param>
internal readonly record struct Scored(double Score, int Picture, double Defect, double Normal, double Overlap);

/// <summary>
/// Scored items from the highest score to the lowest, to be measured again and again with other weights of their pictures.
/// </summary>
internal sealed class WeightedRanking
{
    private readonly Scored[] _items;

    /// <summary>Takes over <paramref name="items"/> and sorts them.</summary>
    public WeightedRanking(Scored[] items, int pictures)
    {
        _items = items;
        Pictures = pictures;
        Array.Sort(items, (a, b) => b.Score.CompareTo(a.Score));
    }

    public int Pictures { get; }

    public static WeightedRanking OfPictures(ReadOnlySpan<double> scores, ReadOnlySpan<bool> anomalous)
    {
        if (scores.Length != anomalous.Length)
            throw new ArgumentException($"{scores.Length} scores came with {anomalous.Length} labels.", nameof(anomalous));
        var items = new Scored[scores.Length];
        for (int i = 0; i < items.Length; i++)
        {
            if (!double.IsFinite(scores[i]))
                throw new PromptADException(
                    Problem.OutOfRange,
                    $"Score {i} of {scores.Length} is {scores[i]}; scores must be finite numbers.");
            // Adding zero turns -0 into +0: the two compare as equal but a sort sets them apart.
            items[i] = new Scored(scores[i] + 0.0, i, anomalous[i] ? 1 : 0, anomalous[i] ? 0 : 1, 0);
        }
        return new WeightedRanking(items, items.Length);
    }

    /// <summary>Throws an error that says which class is missing; returns itself otherwise.</summary>
    public WeightedRanking RequireBothClasses(string item)
    {
        MissingClass.ThrowIfAny(_items.Sum(i => i.Defect), _items.Sum(i => i.Normal), item);
        return this;
    }

    /// <summary>Indices of the pictures that hold a defect, and of those that hold none.</summary>
    public (int[] Defective, int[] Good) PicturesByClass()
    {
        var holdsDefect = new bool[Pictures];
        foreach (ref readonly Scored item in _items.AsSpan())
            if (item.Defect > 0) holdsDefect[item.Picture] = true;
        ILookup<bool, int> byClass = Enumerable.Range(0, Pictures).ToLookup(p => holdsDefect[p]);
        return ([.. byClass[true]], [.. byClass[false]]);
    }

    /// <summary>The ranking figures, every picture counted <paramref name="weights"/> times; null counts each once.</summary>
    public RankingMetrics Measure(double[]? weights = null) => MeasureWithOverlap(weights, []).Ranking;

    /// <summary>The ranking figures, and the per-region overlap up to each of the false-positive rates.</summary>
    public (RankingMetrics Ranking, double[] Aupro) MeasureWithOverlap(double[]? weights, ReadOnlySpan<double> fprLimits)
    {
        (double defects, double normals, double regions) = Totals(weights);
        var ranking = new RankingWalk(defects, normals);
        var overlaps = new OverlapWalk[fprLimits.Length];
        for (int l = 0; l < overlaps.Length; l++) overlaps[l] = new OverlapWalk(fprLimits[l], normals, regions);

        for (int i = 0; i < _items.Length;)
        {
            double score = _items[i].Score, defectsHere = 0, normalsHere = 0, overlapHere = 0;
            for (; i < _items.Length && _items[i].Score == score; i++)
            {
                ref readonly Scored item = ref _items[i];
                double weight = weights is null ? 1 : weights[item.Picture];
                defectsHere += weight * item.Defect;
                normalsHere += weight * item.Normal;
                overlapHere += weight * item.Overlap;
            }
            ranking.Step(score, defectsHere, normalsHere);
            for (int l = 0; l < overlaps.Length; l++) overlaps[l].Step(overlapHere, normalsHere);
        }
        return (ranking.Result, Array.ConvertAll(overlaps, o => o.Result));
    }

    /// <summary>
    /// Weights of true positives, false positives, true negatives and false negatives: at or above the threshold is positive.
    /// </summary>
    public WeightedCounts CountAt(double threshold, double[]? weights = null)
    {
        double truePositives = 0, falsePositives = 0;
        (double defects, double normals, _) = Totals(weights);
        foreach (ref readonly Scored item in _items.AsSpan())
        {
            if (item.Score < threshold) break;
            double weight = weights is null ? 1 : weights[item.Picture];
            truePositives += weight * item.Defect;
            falsePositives += weight * item.Normal;
        }
        return new WeightedCounts(truePositives, falsePositives, normals - falsePositives, defects - truePositives);
    }

    private (double Defects, double Normals, double Regions) Totals(double[]? weights)
    {
        double defects = 0, normals = 0, regions = 0;
        foreach (ref readonly Scored item in _items.AsSpan())
        {
            double weight = weights is null ? 1 : weights[item.Picture];
            defects += weight * item.Defect;
            normals += weight * item.Normal;
            regions += weight * item.Overlap;
        }
        return (defects, normals, regions);
    }
}
