namespace PromptAD.Evaluation.Tests.Metrics;

/// <summary>The definitions written down as plainly as possible, to hold the fast ones against.</summary>
internal static class SlowMetrics
{
    /// <summary>Counts all pairs of a defective and a normal item.</summary>
    public static double Auroc(double[] scores, bool[] anomalous)
    {
        double wins = 0, pairs = 0;
        for (int d = 0; d < scores.Length; d++)
        {
            for (int n = 0; n < scores.Length; n++)
            {
                if (!anomalous[d] || anomalous[n]) continue;
                pairs++;
                wins += scores[d] > scores[n] ? 1 : scores[d] == scores[n] ? 0.5 : 0;
            }
        }
        return wins / pairs;
    }

    public static double AveragePrecision(double[] scores, bool[] anomalous)
    {
        double sum = 0, recallBefore = 0;
        foreach (double threshold in scores.Distinct().OrderDescending())
        {
            Confusion counts = At(threshold, scores, anomalous);
            sum += (counts.Recall - recallBefore) * counts.Precision;
            recallBefore = counts.Recall;
        }
        return sum;
    }

    public static (double F1, double Threshold) BestF1(double[] scores, bool[] anomalous) =>
        scores.Distinct().Select(t => (F1: At(t, scores, anomalous).F1, Threshold: t)).OrderByDescending(c => c.F1).ThenBy(c => c.Threshold).First();

    public static Confusion At(double threshold, double[] scores, bool[] anomalous)
    {
        long Count(bool called, bool truth) => scores.Zip(anomalous).Count(item => item.First >= threshold == called && item.Second == truth);
        return new Confusion(Count(true, true), Count(true, false), Count(false, false), Count(false, true));
    }

    /// <summary>One point of the curve for every distinct score, then trapezoids up to the limit.</summary>
    public static double Aupro(IReadOnlyList<Picture> pictures, double limit)
    {
        var regions = pictures.SelectMany(p => p.Regions().Select(r => (Picture: p, Pixels: r))).ToList();
        double normals = pictures.Sum(p => p.Mask.Count(m => m == 0));
        var curve = new List<(double Rate, double Overlap)> { (0, 0) };
        foreach (float threshold in pictures.SelectMany(p => p.Map).Distinct().OrderDescending())
        {
            double alarms = pictures.Sum(p => Enumerable.Range(0, p.Map.Length).Count(i => p.Mask[i] == 0 && p.Map[i] >= threshold));
            double overlap = regions.Average(r => r.Pixels.Average(i => r.Picture.Map[i] >= threshold ? 1.0 : 0.0));
            curve.Add((alarms / normals, overlap));
        }

        double area = 0;
        foreach (((double Rate, double Overlap) a, (double Rate, double Overlap) b) in curve.Zip(curve.Skip(1)))
        {
            if (a.Rate >= limit || b.Rate == a.Rate) continue;
            double end = Math.Min(b.Rate, limit);
            double overlapAtEnd = a.Overlap + (b.Overlap - a.Overlap) * (end - a.Rate) / (b.Rate - a.Rate);
            area += (end - a.Rate) * (a.Overlap + overlapAtEnd) / 2;
        }
        return area / limit;
    }

    /// <summary>The published program's loop over 200 thresholds, in its order.</summary>
    public static double? PublishedAupro(IReadOnlyList<Picture> pictures, double limit)
    {
        float highest = pictures.Max(p => p.Map.Max()), lowest = pictures.Min(p => p.Map.Min());
        double delta = (double)(highest - lowest) / 200;
        double normals = pictures.Sum(p => p.Mask.Count(m => m == 0));
        var rates = new List<double>();
        var overlaps = new List<double>();
        for (int step = 0; step < 200; step++)
        {
            float threshold = (float)(highest - step * delta);
            double rate = pictures.Sum(p => Enumerable.Range(0, p.Map.Length).Count(i => p.Mask[i] == 0 && p.Map[i] > threshold)) / normals;
            if (rate > limit) continue;
            rates.Add(rate);
            overlaps.Add(pictures.SelectMany(p => p.Regions().Select(r => (double)p.Filled(r).Count(i => p.Map[i] > threshold) / r.Count)).Average());
        }
        double range = rates.Max() - rates.Min();
        if (range == 0) return null;
        double area = 0;
        for (int i = 1; i < rates.Count; i++) area += (rates[i] - rates[i - 1]) / range * (overlaps[i] + overlaps[i - 1]) / 2;
        return area;
    }
}
