using System.Numerics;
using System.Text.Json;
using PromptAD.Decisions;

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
                JsonText.Write(terminal.Output, writer => WriteJson(results, writer));
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
            string[] scores = result.Scores is { } s
                ?
                [
                    VerdictText.Of(s.Verdict), $"{s.Image}", $"{s.Normalized}", $"{s.Text}", $"{s.Visual}",
                    $"{s.Peak}", $"{s.PeakX}", $"{s.PeakY}", $"{s.Regions?.Count}", Each(s.Regions ?? [], BoxOf),
                    $"{s.Timings.Total.TotalMilliseconds:F1}",
                ]
                : ["", "", "", "", "", "", "", "", "", "", ""];
            IReadOnlyList<Region> regions = result.Scores?.Regions ?? [];
            string[] cells =
            [
                Quote(result.Path), .. scores, Quote(result.Overlay), Quote(result.Map), Quote(result.Error),
                Each(regions, region => $"{region.Area}"), Each(regions, region => $"{region.Peak}"),
                Each(regions, region => $"{region.Mean}"), Each(regions, OutlineOf),
                result.Scores is { } judged ? judged.IsUnfamiliar ? "true" : "false" : "",
            ];
            output.WriteLine(string.Join(',', cells));
        }
    }

    private static void WriteJson(IReadOnlyList<PictureResult> results, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (PictureResult result in results) WriteJson(result, writer);
        writer.WriteEndArray();
    }

    private static void WriteJson(PictureResult result, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("path", result.Path);
        if (result.Error is not null) writer.WriteString("error", result.Error);
        if (result.Warnings.Count > 0)
        {
            writer.WriteStartArray("warnings");
            foreach (string warning in result.Warnings) writer.WriteStringValue(warning);
            writer.WriteEndArray();
        }
        if (result.Scores is { } s)
        {
            writer.WriteString("verdict", s.Verdict is null ? null : VerdictText.Of(s.Verdict));
            writer.WriteNumber("score", s.Image);
            if (s.Normalized is { } normalized) writer.WriteNumber("normalized_score", normalized);
            else writer.WriteNull("normalized_score");
            writer.WriteNumber("text_score", s.Text);
            writer.WriteNumber("visual_score", s.Visual);
            writer.WriteBoolean("unfamiliar", s.IsUnfamiliar);
            writer.WriteNumber("width", s.Width);
            writer.WriteNumber("height", s.Height);
            writer.WriteStartObject("peak");
            writer.WriteNumber("value", s.Peak);
            writer.WriteNumber("x", s.PeakX);
            writer.WriteNumber("y", s.PeakY);
            writer.WriteEndObject();
            WriteJson(s.Regions, writer);
            writer.WriteStartObject("milliseconds");
            writer.WriteNumber("decode", s.Timings.Decode.TotalMilliseconds);
            writer.WriteNumber("prepare", s.Timings.Prepare.TotalMilliseconds);
            writer.WriteNumber("encode", s.Timings.Encode.TotalMilliseconds);
            writer.WriteNumber("score", s.Timings.Score.TotalMilliseconds);
            writer.WriteNumber("total", s.Timings.Total.TotalMilliseconds);
            writer.WriteEndObject();
            if (result.Overlay is not null) writer.WriteString("overlay", result.Overlay);
            if (result.Map is not null) writer.WriteString("map", result.Map);
        }
        writer.WriteEndObject();
    }

    private static void WriteJson(IReadOnlyList<Region>? regions, Utf8JsonWriter writer)
    {
        writer.WritePropertyName("regions");
        if (regions is null)
        {
            writer.WriteNullValue();
            return;
        }
        writer.WriteStartArray();
        foreach (Region region in regions) WriteJson(region, writer);
        writer.WriteEndArray();
    }

    private static void WriteJson(Region region, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach ((string name, int value) in ((string, int)[])[
            ("x", region.X), ("y", region.Y), ("width", region.Width), ("height", region.Height),
            ("peak_x", region.PeakX), ("peak_y", region.PeakY)]) writer.WriteNumber(name, value);
        writer.WriteNumber("area", region.Area);
        writer.WriteNumber("peak", region.Peak);
        writer.WriteNumber("mean", region.Mean);
        writer.WriteStartArray("outline");
        foreach (Vector2 corner in region.Outline)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(corner.X);
            writer.WriteNumberValue(corner.Y);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
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
