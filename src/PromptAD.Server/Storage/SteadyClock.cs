namespace PromptAD.Server.Storage;

/// <summary>
/// The time for what cannot be undone. A clock that is put ahead, by a wrong time server or an empty battery, is believed when it has
/// stayed so for a day; until then time goes on from where it was. One that is put back is believed at once: less is old then. Not
/// thread-safe.
/// </summary>
/// <param name="clock">The clock on the wall, and the time that passes.</param>
internal sealed class SteadyClock(TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1), Tolerance = TimeSpan.FromHours(1);

    private DateTime wall = clock.Now();
    private long stamp = clock.GetTimestamp();
    private long? aheadSince;

    /// <summary>Whether the clock on the wall is not believed now.</summary>
    public bool IsAhead => aheadSince is not null;

    /// <summary>What time it is.</summary>
    public DateTime Now()
    {
        DateTime told = clock.Now(), expected = wall + clock.GetElapsedTime(stamp);
        if (told - expected > Tolerance)
        {
            aheadSince ??= clock.GetTimestamp();
            if (clock.GetElapsedTime(aheadSince.Value) < Patience) return expected;
        }
        (wall, stamp, aheadSince) = (told, clock.GetTimestamp(), null);
        return told;
    }
}
