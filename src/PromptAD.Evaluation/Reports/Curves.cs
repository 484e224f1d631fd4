namespace PromptAD.Evaluation.Reports;

/// <summary>The points of ROC and precision-recall curves, one for each distinct score from the highest down.</summary>
internal static class Curves
{
    /// <summary>(false-positive rate, true-positive rate), from (0, 0) to (1, 1).</summary>
    public static IReadOnlyList<(double X, double Y)> Roc(IReadOnlyList<ScoredPicture> pictures) =>
        [(0, 0), .. Thresholds(pictures).Select(c => (c.FalsePositiveRate, c.Recall))];

    /// <summary>(recall, precision); between two points precision falls as a step, as average precision counts it.</summary>
    public static IReadOnlyList<(double X, double Y)> PrecisionRecall(IReadOnlyList<ScoredPicture> pictures)
    {
        var points = new List<(double X, double Y)>();
        double recall = 0;
        foreach (Confusion counts in Thresholds(pictures).Where(c => c.TruePositives > 0))
        {
            points.Add((recall, counts.Precision));
            points.Add((recall = counts.Recall, counts.Precision));
        }
        return points;
    }

    private static IEnumerable<Confusion> Thresholds(IReadOnlyList<ScoredPicture> pictures)
    {
        long defects = pictures.Count(p => p.IsDefective), normals = pictures.Count - defects, found = 0, alarms = 0;
        foreach (IGrouping<double, ScoredPicture> tie in pictures.GroupBy(p => p.Score).OrderByDescending(tie => tie.Key))
        {
            found += tie.Count(p => p.IsDefective);
            alarms += tie.Count(p => !p.IsDefective);
            yield return new Confusion(found, alarms, normals - alarms, defects - found);
        }
    }
}
