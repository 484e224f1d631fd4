using PromptAD.Wording;

namespace PromptAD.Evaluation.Reports;

/// <summary>What has to be known before a figure of the report is read.</summary>
/// <param name="Title">What it warns of, as a sentence; null where it warns of nothing.</param>
/// <param name="Text">The note.</param>
public sealed record ReportNote(string? Title, string Text)
{
    private const int MostNames = 10;

    /// <summary>All notes of a report, those on the figures themselves first.</summary>
    internal static IReadOnlyList<ReportNote> Of(IReadOnlyList<RunResult> runs, ReportFacts facts)
    {
        var notes = new List<ReportNote>
        {
            new(facts.Protocol == EvaluationProtocol.Published ? "Picked on the test set." : null, facts.ProtocolSentence),
        };
        string[] known = [.. runs.SelectMany(run => run.Pictures).Where(picture => picture.IsKnown).Select(picture => picture.Path)];
        if (known.Length > 0) notes.Add(new("Known pictures.", KnownSentence(known, runs.Sum(run => run.Pictures.Count))));
        UnjudgedPicture[] leftOut =
        [
            .. runs.SelectMany(run => run.LeftOut.Select(one => one with { Path = $"{run.Category}/{one.Path}" }))
                .DistinctBy(one => one.Path),
        ];
        if (leftOut.Length > 0) notes.Add(new("Pictures left out.", LeftOutSentence(leftOut)));
        if (facts.HasGeneratedBackbone) notes.Add(new("Not a result.", ReportFacts.GeneratedWarning));
        else if (facts.BackboneId == BackboneStore.EmbeddedId) notes.Add(new("A trial backbone.", ReportFacts.TrialWarning));
        return notes;
    }

    private static string KnownSentence(string[] known, int all)
    {
        string more = known.Length > MostNames ? $" and {known.Length - MostNames} more" : "";
        return $"The detector knows {known.Length} of the {all} test pictures: it learned from them, keeps them or found its limits with "
            + $"them, so the figures flatter. Evaluate without {string.Join(", ", known.Take(MostNames))}{more}.";
    }

    private static string LeftOutSentence(UnjudgedPicture[] leftOut) =>
        $"{Plural.Of(leftOut.Length, "test picture")} could not be judged, and no figure counts {(leftOut.Length == 1 ? "it" : "them")}: "
        + $"{string.Join(", ", leftOut.Take(MostNames).Select(one => one.Path))}{(leftOut.Length > MostNames ? ", …" : "")}.";

    /// <summary>Title and text.</summary>
    public override string ToString() => Title is null ? Text : $"{Title} {Text}";
}
