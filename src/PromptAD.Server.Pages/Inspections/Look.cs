using PromptAD.Client;

namespace PromptAD.Server.Pages.Inspections;

/// <summary>How a verdict looks: always a colour, a word and a shape, since not everybody sees colours.</summary>
/// <param name="Style">The style's class.</param>
/// <param name="Word">The key of the word.</param>
/// <param name="Outline">The shape's outline in a square of 24, as SVG has it.</param>
/// <param name="Mark">The mark within.</param>
public sealed record Look(string Style, string Word, string Outline, string Mark)
{
    /// <summary>A good part, and what is well.</summary>
    public static readonly Look Good = new(
        "ok", "VerdictOK", "M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22z", "M6.5 12.5l4 4 7-8");

    /// <summary>What is to be looked at.</summary>
    public static readonly Look Doubtful = new(
        "review", "VerdictReview", "M12 .5L23.5 12 12 23.5.5 12z", "M9 9.3a3 3 0 1 1 4.4 2.6c-1 .6-1.4 1-1.4 2.1M12 17v.4");

    private static readonly Look Bad = new(
        "ng", "VerdictNG", "M7.4 1h9.2L23 7.4v9.2L16.6 23H7.4L1 16.6V7.4z", "M7.5 7.5l9 9M16.5 7.5l-9 9");

    private static readonly Look Wrong = new("failed", "VerdictFailed", "M12 1.5L23.5 22H.5z", "M12 9v6M12 18v.4");

    private static readonly Look Undecided = new("none", "VerdictNone", "M1.5 1.5h21v21h-21z", "M7 12h10");

    private static readonly Look Waiting = new("none", "VerdictQueued", "M1.5 1.5h21v21h-21z", "M12 6v6l4 3");

    /// <summary>How an inspection looks.</summary>
    public static Look Of(InspectionResult inspection) => inspection.State switch
    {
        InspectionState.Failed => Wrong,
        InspectionState.Queued => Waiting,
        _ => inspection.Verdict switch
        {
            InspectionVerdict.OK => Good,
            InspectionVerdict.Review => Doubtful,
            InspectionVerdict.NG => Bad,
            _ => Undecided,
        },
    };
}
