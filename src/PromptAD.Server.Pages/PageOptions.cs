namespace PromptAD.Server.Pages;

/// <summary>What the service tells its page.</summary>
public sealed record PageOptions
{
    private static readonly int[] UsualShifts = [6, 14, 22];

    /// <summary>The hours of the day at which shifts begin; where there are none, the usual ones: 6, 14 and 22.</summary>
    public IReadOnlyList<int> ShiftHours { get; init; } = UsualShifts;

    /// <summary>When the shift began that is on at a time.</summary>
    /// <param name="now">The time, in the zone of the plant.</param>
    public DateTimeOffset ShiftBegin(DateTimeOffset now)
    {
        IReadOnlyList<int> hours = ShiftHours.Count > 0 ? ShiftHours : UsualShifts;
        var today = new DateTimeOffset(now.Date, now.Offset);
        int[] begun = [.. hours.Where(hour => hour <= now.Hour)];
        return begun.Length > 0 ? today.AddHours(begun.Max()) : today.AddDays(-1).AddHours(hours.Max());
    }
}
