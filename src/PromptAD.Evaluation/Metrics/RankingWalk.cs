namespace PromptAD.Evaluation.Metrics;

/// <summary>
/// Walks the thresholds of a ranking from the highest score down and adds up the areas. The counts may be weights, which is how
/// the bootstrap draws a picture twice.
/// </summary>
internal struct RankingWalk(double defects, double normals)
{
    private double truePositives;
    private double falsePositives;
    private double rocArea;
    private double precisionArea;
    private double bestF1 = -1;
    private double bestThreshold;

    /// <summary>Lowers the threshold to the next distinct score; everything that has exactly this score comes in one call.</summary>
    public void Step(double score, double defectsHere, double normalsHere)
    {
        rocArea += normalsHere * (truePositives + defectsHere / 2);
        truePositives += defectsHere;
        falsePositives += normalsHere;
        // Without a new defect the recall stays and F1 can only fall.
        if (defectsHere == 0) return;

        precisionArea += defectsHere * (truePositives / (truePositives + falsePositives));
        double f1 = 2 * truePositives / (truePositives + falsePositives + defects);
        if (f1 < bestF1) return;
        bestF1 = f1;
        bestThreshold = score;
    }

    public readonly RankingMetrics Result => new(rocArea / (defects * normals), precisionArea / defects, bestF1, bestThreshold);
}
