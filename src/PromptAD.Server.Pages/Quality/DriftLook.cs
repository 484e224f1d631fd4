using PromptAD.Client;
using PromptAD.Server.Pages.Inspections;

namespace PromptAD.Server.Pages.Quality;

/// <summary>How drift is told: a colour, a word and a shape of its own each.</summary>
public static class DriftLook
{
    /// <summary>How a state looks.</summary>
    public static Look Of(DriftState state) => state switch
    {
        DriftState.Steady => new("ok", "QualitySteady", "M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22z", "M6.5 12.5l4 4 7-8"),
        DriftState.Higher => new("ng", "QualityHigher", "M12 1.5L23.5 22H.5z", "M12 19V10M8 13l4-4 4 4"),
        DriftState.Lower => new("ng", "QualityLower", "M12 22.5L.5 2h23z", "M12 5v9M8 11l4 4 4-4"),
        _ => new("none", "QualityUnknown", "M1.5 1.5h21v21h-21z", "M7 12h10"),
    };

    /// <summary>The key of what it means and what to do.</summary>
    public static string Advice(DriftState state) => state switch
    {
        DriftState.Steady => "QualitySteadyText",
        DriftState.Higher => "QualityHigherText",
        DriftState.Lower => "QualityLowerText",
        _ => "QualityUnknownText",
    };
}
