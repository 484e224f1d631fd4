using System.Text.Json;

namespace PromptAD.Evaluation.Reports;

/// <summary>
/// {"rows": [{"category", "method", "shots", "seed", "image_auroc", …}]} with figures in [0, 1], and how they were made. The row of a
/// finished detector lists its pictures, too; those of a benchmark would be too many, and lie in its folder.
/// </summary>
public static class JsonReport
{
    /// <summary>Writes the report: one object with facts, figures and pictures.</summary>
    /// <param name="report">The report.</param>
    /// <param name="output">Where it goes; stays open.</param>
    public static void Write(Report report, Stream output)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        WriteFacts(report.Facts, writer);
        writer.WriteStartArray("notes");
        foreach (ReportNote note in report.Notes) writer.WriteStringValue($"{note}");
        writer.WriteEndArray();
        if (report.MissingVerdicts is { } missing) writer.WriteString("missing_verdicts", missing);
        writer.WriteStartArray("rows");
        foreach (RunResult run in report.Runs) WriteRow(run, writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteFacts(ReportFacts facts, Utf8JsonWriter writer)
    {
        writer.WriteString("dataset", facts.Dataset);
        writer.WriteString("protocol", facts.Protocol is { } protocol ? $"{protocol}".ToLowerInvariant() : "detector");
        writer.WriteBoolean("picked_on_test_set", facts.Protocol == EvaluationProtocol.Published);
        writer.WriteString("note", facts.HasGeneratedBackbone ? ReportFacts.GeneratedWarning : facts.ProtocolSentence);
        writer.WriteString("backbone", facts.BackboneId);
        writer.WriteString("backbone_hash", facts.BackboneHash);
        writer.WriteBoolean("generated_backbone", facts.HasGeneratedBackbone);
        writer.WriteString("command", facts.Command);
        writer.WriteString("written", facts.Written);
        writer.WriteStartObject("configuration");
        foreach ((string what, string value) in facts.Settings) writer.WriteString(what, value);
        writer.WriteEndObject();
        writer.WriteStartArray("warnings");
        foreach (string warning in facts.Warnings) writer.WriteStringValue(warning);
        writer.WriteEndArray();
        writer.WriteStartObject("versions");
        foreach ((string what, string version) in ReportFacts.Versions) writer.WriteString(what, version);
        writer.WriteEndObject();
    }

    private static void WriteRow(RunResult run, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach ((string name, object? value) in CsvReport.Fields(run)) WriteField(name, value, writer);
        if (run.Protocol is null) WritePictures(run.Pictures, writer);
        writer.WriteEndObject();
    }

    private static void WritePictures(IReadOnlyList<ScoredPicture> pictures, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("pictures");
        foreach (ScoredPicture picture in pictures)
        {
            writer.WriteStartObject();
            foreach ((string name, object? value) in PictureList.Fields(picture)) WriteField(name, value, writer);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteField(string name, object? value, Utf8JsonWriter writer)
    {
        writer.WritePropertyName(name);
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case int number: writer.WriteNumberValue(number); break;
            case float number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            case bool truth: writer.WriteBooleanValue(truth); break;
            default: writer.WriteStringValue($"{value}"); break;
        }
    }
}
