using System.Text.Json.Serialization;
using PromptAD.Validation;

namespace PromptAD;

/// <summary>How a falsely rejected part is learned from.</summary>
public sealed record FeedbackOptions
{
    /// <summary>The least that <see cref="Novelty"/> may be.</summary>
    public const double SmallestNovelty = -3;

    /// <summary>The most that <see cref="Novelty"/> may be.</summary>
    public const double LargestNovelty = 100;

    /// <summary>
    /// Patches farther from the memory than this are new and are remembered, in deviations above the mean distance of good patches.
    /// </summary>
    /// <value>-3 to 100; 1.5 by default. Lower values remember more and move the scores of other pictures more.</value>
    public double Novelty { get; init; } = 1.5;

    /// <summary>
    /// Whether to learn even from a picture that looks like another product, or at the price of a reference picture of a defect that turns
    /// OK.
    /// </summary>
    /// <value>false by default.</value>
    public bool Force { get; init; }

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="PromptADException">A value is out of its range.</exception>
    public void Validate() => Check.Range(Novelty, SmallestNovelty, LargestNovelty, nameof(Novelty));
}

/// <summary>What a feedback did to one reference picture.</summary>
/// <param name="Name">The picture.</param>
/// <param name="IsGood">Whether it shows a good part, such as one that limits were found with.</param>
/// <param name="Before">Its score before.</param>
/// <param name="After">Its score after.</param>
/// <param name="VerdictBefore">Its verdict before.</param>
/// <param name="VerdictAfter">Its verdict after.</param>
public sealed record ReferencePictureCheck(
    string Name, bool IsGood, float Before, float After, Verdict VerdictBefore, Verdict VerdictAfter)
{
    /// <summary>Whether it is a defect that was rejected before and is not any more.</summary>
    public bool IsLostDefect => !IsGood && VerdictAfter == Verdict.OK && VerdictBefore != Verdict.OK;
}

/// <summary>One entry of a detector's history: what was learned from a part that had been rejected falsely.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Picture">The picture's name.</param>
/// <param name="Patches">How many of its patches were new.</param>
/// <param name="ScoreBefore">What it scored before.</param>
/// <param name="ScoreAfter">What it scores since.</param>
/// <param name="Created">When.</param>
public sealed record FeedbackEntry(int Number, string Picture, int Patches, float ScoreBefore, float ScoreAfter, DateTimeOffset Created)
{
    /// <summary>SHA-256 of the picture as the encoder reads it, so that it is known again; null in files of earlier programs.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal string? Pixels { get; init; }
}

/// <summary>What came of a feedback.</summary>
/// <param name="Entry">What was learned; null where the picture was OK already or nothing in it was new.</param>
/// <param name="Before">The picture's verdict before.</param>
/// <param name="After">Its verdict now.</param>
/// <param name="Checks">The reference pictures, judged before and after.</param>
public sealed record FeedbackReport(FeedbackEntry? Entry, Verdict Before, Verdict After, IReadOnlyList<ReferencePictureCheck> Checks)
{
    /// <summary>Warnings of the picture's file, as <see cref="Prediction.Warnings"/>.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];
}

/// <summary>A picture that every feedback is checked with.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="IsGood">Whether it shows a good part.</param>
internal sealed record ReferencePicture(string Name, bool IsGood)
{
    /// <summary>As the encoder reads it, (3, size, size). Lies in the file beside the others.</summary>
    [JsonIgnore]
    public byte[] Pixels { get; init; } = [];
}
