using System.Globalization;

namespace PromptAD.Server.Pages;

/// <summary>Times as the person before the screen reads them: in the browser's zone, written as the page's language does.</summary>
/// <param name="zone">The zone's name as browsers have it; null or unknown for that of the service.</param>
public sealed class LocalTimes(string? zone)
{
    private readonly TimeZoneInfo zone =
        zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? known) ? known : TimeZoneInfo.Local;

    /// <summary>The zone's name; UTC where it has none that others know.</summary>
    public string Id => TimeZoneInfo.TryFindSystemTimeZoneById(zone.Id, out _) ? zone.Id : "UTC";

    /// <summary>The same moment with the zone's offset.</summary>
    public DateTimeOffset Here(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, zone);

    /// <summary>The time of day.</summary>
    public string Time(DateTimeOffset moment) => Here(moment).ToString("T", CultureInfo.CurrentCulture);

    /// <summary>The time of day without seconds.</summary>
    public string HourAndMinute(DateTimeOffset moment) => Here(moment).ToString("t", CultureInfo.CurrentCulture);

    /// <summary>Day and time.</summary>
    public string DayAndTime(DateTimeOffset moment)
    {
        DateTimeOffset here = Here(moment);
        return $"{here.ToString("d", CultureInfo.CurrentCulture)} {here.ToString("T", CultureInfo.CurrentCulture)}";
    }

    /// <summary>The day.</summary>
    public string Day(DateTimeOffset moment) => Here(moment).ToString("d", CultureInfo.CurrentCulture);

    /// <summary>The day without its year, as short as the language writes it.</summary>
    public string DayAndMonth(DateTimeOffset moment) => Here(moment).ToString(
        CultureInfo.CurrentCulture.Name switch { "de" => "dd.MM.", "zh" => "MM-dd", _ => "d MMM" }, CultureInfo.CurrentCulture);

    /// <summary>The moment that was meant by a day and time without a zone; null for nothing.</summary>
    public DateTimeOffset? Moment(DateTime? entered)
    {
        if (entered is not { } time) return null;
        // Where clocks are put forward an hour does not exist; the one behind it is meant.
        if (zone.IsInvalidTime(time)) time = time.AddHours(1);
        return new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), zone.GetUtcOffset(time));
    }
}
