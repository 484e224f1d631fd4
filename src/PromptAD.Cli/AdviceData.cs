using System.Text.Json;
using PromptAD.Evaluation;

namespace PromptAD.Cli;

/// <summary>An advice for programs. AUROC lies in [0, 1].</summary>
internal static class AdviceData
{
    public static void WriteCsv(Advice advice, TextWriter output)
    {
        string[] sizes = [.. advice.DefectSizes.Select(size => FormattableString.Invariant($"image_auroc_{size * 1000:0}_permille"))];
        output.WriteLine($"tried,shots,recommended,image_auroc,gain,gain_lower,gain_upper,{string.Join(',', sizes)},pixel_auroc,"
            + "turned_image_auroc,turned_gain,turned_gain_lower,turned_gain_upper,training_seconds,prediction_milliseconds,file_bytes");
        foreach (VariantFigures row in advice.Variants)
        {
            string[] cells =
            [
                AdviceOutput.NameOf(row.Variant), $"{row.Variant.Shots}", row == advice.Recommended ? "true" : "false", $"{row.Image}",
                .. Cells(row.Gain), .. row.ImageBySize.Select(auroc => $"{auroc}"), $"{row.Pixel}",
                $"{row.Turned}", .. Cells(row.TurnedGain),
                $"{row.Training.TotalSeconds:F2}", $"{row.Prediction.TotalMilliseconds:F1}", $"{row.FileBytes}",
            ];
            output.WriteLine(string.Join(',', cells));
        }
    }

    public static void WriteJson(Advice advice, string command, TextWriter output) => JsonText.Write(output, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("note", AdviceOutput.Caution);
        writer.WriteStartArray("choices");
        foreach (ShotChoice choice in advice.Choices) Write(choice, writer);
        writer.WriteEndArray();
        writer.WriteStartArray("odd_pictures");
        foreach (OddPicture odd in advice.Odd)
        {
            writer.WriteStartObject();
            writer.WriteString("path", odd.Path);
            writer.WriteNumber("score", odd.Score);
            writer.WriteNumber("usual_score", odd.UsualScore);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        Write("pictures", advice.Pictures, writer);
        Write("test_pictures", advice.TestPictures, writer);
        writer.WriteNumber("painted_copies", advice.Painted);
        writer.WriteStartArray("tried");
        foreach (VariantFigures row in advice.Variants) Write(row, advice, writer);
        writer.WriteEndArray();
        Write("remarks", advice.Remarks, writer);
        writer.WriteString("recommended", AdviceOutput.NameOf(advice.Recommended.Variant));
        writer.WriteString("command", command);
        writer.WriteEndObject();
    });

    private static void Write(ShotChoice choice, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("shots", choice.Pictures.Count);
        Write("pictures", choice.Pictures, writer);
        writer.WriteNumber("score", choice.Score);
        writer.WriteNumber("score_of_first", choice.FirstScore);
        writer.WriteNumber("score_of_drawn", choice.DrawnScore);
        writer.WriteNumber("score_of_drawn_lower", choice.DrawnRange.Lower);
        writer.WriteNumber("score_of_drawn_upper", choice.DrawnRange.Upper);
        writer.WriteEndObject();
    }

    private static void Write(VariantFigures row, Advice advice, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", AdviceOutput.NameOf(row.Variant));
        writer.WriteNumber("shots", row.Variant.Shots);
        writer.WriteString("options", string.Join(' ', TrainCommandLine.OptionsOf(row.Variant)));
        writer.WriteNumber("image_auroc", row.Image);
        Write("gain", row.Gain, writer);
        writer.WriteStartArray("by_size");
        foreach ((int i, double size) in advice.DefectSizes.Index())
        {
            writer.WriteStartObject();
            writer.WriteNumber("size", size);
            writer.WriteNumber("image_auroc", row.ImageBySize[i]);
            writer.WriteNumber("found_above_all_good", row.FoundBySize[i]);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("pixel_auroc", row.Pixel);
        if (row.Turned is { } turned) writer.WriteNumber("turned_image_auroc", turned);
        Write("turned_gain", row.TurnedGain, writer);
        writer.WriteNumber("training_seconds", row.Training.TotalSeconds);
        writer.WriteNumber("prediction_milliseconds", row.Prediction.TotalMilliseconds);
        writer.WriteNumber("file_bytes", row.FileBytes);
        writer.WriteEndObject();
    }

    private static void Write(string name, PairedDifference? difference, Utf8JsonWriter writer)
    {
        if (difference is not { } known) return;
        writer.WriteStartObject(name);
        writer.WriteNumber("value", known.Value);
        writer.WriteNumber("lower", known.Interval.Lower);
        writer.WriteNumber("upper", known.Interval.Upper);
        writer.WriteEndObject();
    }

    private static void Write(string name, IEnumerable<string> texts, Utf8JsonWriter writer)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static string[] Cells(PairedDifference? difference) => difference is { } known
        ? [$"{known.Value}", $"{known.Interval.Lower}", $"{known.Interval.Upper}"]
        : ["", "", ""];
}
