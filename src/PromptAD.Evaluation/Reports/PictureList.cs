using PromptAD.Wording;

namespace PromptAD.Evaluation.Reports;

/// <summary>One line a test picture: its truth, what the detector says of it, and its scores as <c>predict</c> prints them.</summary>
public static class PictureList
{
    private static readonly (string Name, Func<ScoredPicture, object?> Value)[] Columns =
    [
        ("path", picture => picture.Path),
        ("defect_type", picture => picture.DefectType),
        ("verdict", picture => picture.Verdict is { } verdict ? VerdictText.Of(verdict) : null),
        ("score", picture => (float)picture.Score),
        ("normalized_score", picture => (float?)picture.NormalizedScore),
        ("text_score", picture => (float?)picture.TextScore),
        ("visual_score", picture => (float?)picture.VisualScore),
        ("map_peak", picture => (float)picture.MapPeak),
        ("known", picture => picture.IsKnown),
    ];

    /// <summary>Names and values of a picture's columns, null for what the detector does not know.</summary>
    internal static IEnumerable<(string Name, object? Value)> Fields(ScoredPicture picture) =>
        Columns.Select(column => (column.Name, column.Value(picture)));

    /// <summary>Writes the pictures of all runs, a line a picture.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Where they go; stays open.</param>
    public static void Write(Report report, TextWriter output)
    {
        CsvReport.WriteLine(output, Columns.Select(column => column.Name));
        foreach (ScoredPicture picture in report.Runs.SelectMany(run => run.Pictures))
            CsvReport.WriteLine(output, Columns.Select(column => column.Value(picture)));
    }
}
