namespace PromptAD.Server.Cluster;

/// <summary>
/// The number behind which a listener asks again, where several nodes tell of results: an older one may be told of some seconds later. It
/// is the highest that was told half a minute ago, so that a listener gets some results twice rather than missing one.
/// </summary>
internal sealed class ReplayFloor(TimeProvider clock)
{
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30), Step = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<(long Since, long Id)> told = new();
    private long highest, floor = -1, last;

    /// <summary>A result of a number is told.</summary>
    /// <returns>The number behind which to ask.</returns>
    public long After(long id)
    {
        lock (gate)
        {
            long now = clock.GetTimestamp();
            if (floor < 0) (floor, last) = (Math.Max(0, id - 1000), now); // what came before this node did is not known
            highest = Math.Max(highest, id);
            if (clock.GetElapsedTime(last, now) > Step)
            {
                told.Enqueue((now, highest));
                last = now;
            }
            while (told.TryPeek(out (long Since, long Id) oldest) && clock.GetElapsedTime(oldest.Since, now) > Overlap)
                floor = told.Dequeue().Id;
            return Math.Min(floor, id - 1);
        }
    }
}
