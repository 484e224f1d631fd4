namespace PromptAD.Server.Quality;

/// <summary>
/// A p-chart: whether the share of something on a day is more than chance makes of the mean share, <c>p ± 3·sqrt(p·(1-p)/n)</c>. Only the
/// upper limit says something here, since fewer false rejects are no alarm.
/// </summary>
internal static class ShareChart
{
    private const double Width = 3;

    /// <summary>The share of all days together; null where there is nothing.</summary>
    public static double? Mean(long found, long looked) => looked == 0 ? null : (double)found / looked;

    /// <summary>The upper limit of a day's share, at most 1.</summary>
    /// <param name="mean">p, the share of all days together.</param>
    /// <param name="looked">n, how many were looked at on that day.</param>
    public static double Upper(double mean, long looked) => Math.Min(1, mean + (Width * Math.Sqrt(mean * (1 - mean) / looked)));
}
