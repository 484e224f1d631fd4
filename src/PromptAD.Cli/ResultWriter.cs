using PromptAD.Results;
using PromptAD.Wording;

namespace PromptAD.Cli;

/// <summary>How results are printed.</summary>
internal enum ResultFormat
{
    Table,
    Json,
    Csv,
}

/// <summary>Prints results to standard output.</summary>
internal static class ResultWriter
{
    /// <param name="format">How they are printed.</param>
    /// <param name="results">The results, in their order.</param>
    /// <param name="wordsCount">Whether words have a part in the scores, so that a table shows it.</param>
    /// <param name="terminal">Where they are printed.</param>
    public static void Write(ResultFormat format, IReadOnlyList<PictureResult> results, bool wordsCount, Terminal terminal)
    {
        switch (format)
        {
            case ResultFormat.Json:
                JsonText.Copy(terminal.Output, stream => ResultJson.Write(stream, results));
                break;
            case ResultFormat.Csv:
                WriteCsv(results, terminal.Output);
                break;
            default:
                PictureTable.Write(results, wordsCount, terminal);
                break;
        }
    }

    private static void WriteCsv(IReadOnlyList<PictureResult> results, TextWriter output)
    {
        output.WriteLine("path,verdict,score,normalized_score,text_score,visual_score,peak,peak_x,peak_y,regions,boxes,"
            + "milliseconds,overlay,map,error,areas,peaks,means,outlines,unfamiliar");
        foreach (PictureResult result in results)
        {
            var judged = result as JudgedPicture;
            string[] scores = judged is { } s
                ?
                [
                    VerdictText.Of(s.Verdict), $"{s.Score}", $"{s.NormalizedScore}", $"{s.TextScore}", $"{s.VisualScore}",
                    $"{s.Peak.Value}", $"{s.Peak.X}", $"{s.Peak.Y}", $"{s.Regions?.Count}", Each(s.Regions ?? [], BoxOf),
                    $"{s.Milliseconds.Total:F1}",
                ]
                : ["", "", "", "", "", "", "", "", "", "", ""];
            IReadOnlyList<Region> regions = judged?.Regions ?? [];
            string[] cells =
            [
                Quote(result.Path), .. scores, Quote(judged?.Overlay), Quote(judged?.Map), Quote(result.Error),
                Each(regions, region => $"{region.Area}"), Each(regions, region => $"{region.Peak}"),
                Each(regions, region => $"{region.Mean}"), Each(regions, OutlineOf),
                judged is null ? "" : judged.IsUnfamiliar ? "true" : "false",
            ];
            output.WriteLine(string.Join(',', cells));
        }
    }

    /// <summary>One value a region, in the same order in every column.</summary>
    private static string Each(IReadOnlyList<Region> regions, Func<Region, string> value) => string.Join(';', regions.Select(value));

    private static string OutlineOf(Region region) => string.Join(' ', region.Outline.Select(corner => $"{corner.X} {corner.Y}"));

    private static string BoxOf(Region region) => $"{region.X} {region.Y} {region.Width} {region.Height}";

    private static string Quote(string? text)
    {
        if (text is null) return "";
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
