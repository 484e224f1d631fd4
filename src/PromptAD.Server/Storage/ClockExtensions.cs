namespace PromptAD.Server.Storage;

/// <summary>What time it is, as both databases can keep it.</summary>
internal static class ClockExtensions
{
    /// <summary>UTC to the microsecond, which is as fine as PostgreSQL's.</summary>
    public static DateTime Now(this TimeProvider clock)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
