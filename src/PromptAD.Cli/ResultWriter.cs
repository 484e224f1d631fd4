using System.Text.Json;
using Spectre.Console;

namespace PromptAD.Cli;

/// <summary>How results are printed.</summary>
internal enum ResultFormat
{
    Table,
    Json,
    Csv,
}

/// <summary>What became of one picture: a prediction and the files written, or an error.</summary>
internal sealed record PictureResult(string Path, Prediction? Prediction, string? Overlay, string? Map, string? Error);

/// <summary>Prints results to standard output.</summary>
internal static class ResultWriter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static void Write(ResultFormat format, IReadOnlyList<PictureResult> results, Terminal terminal)
    {
        switch (format)
        {
            case ResultFormat.Json:
                WriteJson(results, terminal.Output);
                break;
            case ResultFormat.Csv:
                WriteCsv(results, terminal.Output);
                break;
            default:
                WriteTable(results, terminal.Results);
                break;
        }
    }

    private static void WriteTable(IReadOnlyList<PictureResult> results, IAnsiConsole console)
    {
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn("picture").AddColumn(Right("score")).AddColumn(Right("text")).AddColumn(Right("visual")).AddColumn(Right("peak at")).AddColumn(Right("ms"));
        foreach (PictureResult result in results)
        {
            string[] cells = result.Prediction is { } p
                ? [$"{p.Score:F4}", $"{p.TextScore:F4}", $"{p.VisualScore:F4}", PeakText(p), $"{p.Timings.Total.TotalMilliseconds:F0}"]
                : ["failed", "", "", "", ""];
            table.AddRow([Markup.Escape(result.Path), .. cells]);
        }
        console.Write(table);
    }

    private static void WriteCsv(IReadOnlyList<PictureResult> results, TextWriter output)
    {
        output.WriteLine("path,score,text_score,visual_score,peak,peak_x,peak_y,milliseconds,overlay,map,error");
        foreach (PictureResult result in results)
        {
            Prediction? p = result.Prediction;
            (int x, int y) = p is null ? default : Peak(p);
            string[] cells =
            [
                Quote(result.Path), $"{p?.Score}", $"{p?.TextScore}", $"{p?.VisualScore}", $"{p?.Map.Max}", p is null ? "" : $"{x}", p is null ? "" : $"{y}",
                $"{p?.Timings.Total.TotalMilliseconds:F1}", Quote(result.Overlay), Quote(result.Map), Quote(result.Error),
            ];
            output.WriteLine(string.Join(',', cells));
        }
    }

    private static void WriteJson(IReadOnlyList<PictureResult> results, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            writer.WriteStartArray();
            foreach (PictureResult result in results) WriteJson(result, writer);
            writer.WriteEndArray();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void WriteJson(PictureResult result, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("path", result.Path);
        if (result.Error is not null) writer.WriteString("error", result.Error);
        if (result.Prediction is { } p)
        {
            writer.WriteNumber("score", p.Score);
            writer.WriteNumber("text_score", p.TextScore);
            writer.WriteNumber("visual_score", p.VisualScore);
            writer.WriteNumber("width", p.Width);
            writer.WriteNumber("height", p.Height);
            (int x, int y) = Peak(p);
            writer.WriteStartObject("peak");
            writer.WriteNumber("value", p.Map.Max);
            writer.WriteNumber("x", x);
            writer.WriteNumber("y", y);
            writer.WriteEndObject();
            writer.WriteStartObject("milliseconds");
            writer.WriteNumber("decode", p.Timings.Decode.TotalMilliseconds);
            writer.WriteNumber("prepare", p.Timings.Prepare.TotalMilliseconds);
            writer.WriteNumber("encode", p.Timings.Encode.TotalMilliseconds);
            writer.WriteNumber("score", p.Timings.Score.TotalMilliseconds);
            writer.WriteNumber("total", p.Timings.Total.TotalMilliseconds);
            writer.WriteEndObject();
            if (result.Overlay is not null) writer.WriteString("overlay", result.Overlay);
            if (result.Map is not null) writer.WriteString("map", result.Map);
        }
        writer.WriteEndObject();
    }

    /// <summary>The map's peak in the picture's own pixels.</summary>
    private static (int X, int Y) Peak(Prediction p) =>
        ((int)((p.Map.Peak.X + 0.5) * p.Width / p.Map.Width), (int)((p.Map.Peak.Y + 0.5) * p.Height / p.Map.Height));

    private static string PeakText(Prediction p)
    {
        (int x, int y) = Peak(p);
        return $"{x}, {y}";
    }

    private static TableColumn Right(string title) => new TableColumn(title).RightAligned();

    private static string Quote(string? text)
    {
        if (text is null) return "";
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
