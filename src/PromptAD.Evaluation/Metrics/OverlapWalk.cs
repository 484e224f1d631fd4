namespace PromptAD.Evaluation.Metrics;

/// <summary>Adds up the area under the per-region-overlap curve between the false-positive rates 0 and <paramref name="limit"/>.</summary>
/// <param name="limit">Upper false-positive rate, in (0, 1].</param>
/// <param name="normals">All normal pixels.</param>
/// <param name="regions">All defect regions: the overlap when every defect pixel is found.</param>
internal struct OverlapWalk(double limit, double normals, double regions)
{
    private readonly double _stop = limit * normals;
    private double _falsePositives;
    private double _overlap;
    private double _area;

    /// <summary>Lowers the threshold to the next distinct score.</summary>
    /// <param name="overlapHere">Sum over the defect pixels of this score of 1 / (pixels of their region).</param>
    /// <param name="normalsHere">Normal pixels of this score.</param>
    public void Step(double overlapHere, double normalsHere)
    {
        if (_falsePositives < _stop && normalsHere > 0)
        {
            double width = Math.Min(normalsHere, _stop - _falsePositives);
            // The curve is a straight line between two thresholds, so the limit cuts it in proportion.
            _area += width * (_overlap + overlapHere * (width / normalsHere) / 2);
        }
        _overlap += overlapHere;
        _falsePositives += normalsHere;
    }

    /// <summary>The area divided by the limit, in [0, 1].</summary>
    public readonly double Result => _area / (_stop * regions);
}
