using System.Globalization;

namespace PromptAD.Server.Pages.Quality;

/// <summary>The periods that can be chosen, until now.</summary>
public static class QualityPeriods
{
    private const int Usual = 7;

    /// <summary>Days, and the key of the word for them.</summary>
    public static IReadOnlyList<(int Days, string Word)> All { get; } =
        [(1, "QualityLastDay"), (7, "QualityLastWeek"), (30, "QualityLastMonth"), (90, "QualityLastQuarter"), (366, "QualityLastYear")];

    /// <summary>Days that can be chosen; those of an address that cannot are the usual ones.</summary>
    public static int Known(int? days) => All.Any(one => one.Days == days) ? days!.Value : Usual;

    /// <summary>Days as a field has them.</summary>
    public static int? Read(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int days) ? days : null;
}
