namespace PromptAD.Evaluation.Metrics;

/// <summary>
/// Walks the thresholds of a ranking from the highest score down and adds up the areas. The counts may be weights, which is how
/// the bootstrap draws a picture twice.
/// </summary>
internal struct RankingWalk(double defects, double normals)
{
    private double _truePositives;
    private double _falsePositives;
    private double _rocArea;
    private double _precisionArea;
    private double _bestF1 = -1;
    private double _bestThreshold;

    /// <summary>Lowers the threshold to the next distinct score; everything that has exactly this score comes in one call.</summary>
    public void Step(double score, double defectsHere, double normalsHere)
    {
        _rocArea += normalsHere * (_truePositives + defectsHere / 2);
        _truePositives += defectsHere;
        _falsePositives += normalsHere;
        // Without a new defect the recall stays and F1 can only fall.
        if (defectsHere == 0) return;

        _precisionArea += defectsHere * (_truePositives / (_truePositives + _falsePositives));
        double f1 = 2 * _truePositives / (_truePositives + _falsePositives + defects);
        if (f1 < _bestF1) return;
        _bestF1 = f1;
        _bestThreshold = score;
    }

    public readonly RankingMetrics Result => new(_rocArea / (defects * normals), _precisionArea / defects, _bestF1, _bestThreshold);
}
