using PromptAD.Evaluation;

namespace PromptAD.Cli;

/// <summary>An advice as CSV for programs. AUROC lies in [0, 1].</summary>
internal static class AdviceTable
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

    private static string[] Cells(PairedDifference? difference) => difference is { } known
        ? [$"{known.Value}", $"{known.Interval.Lower}", $"{known.Interval.Upper}"]
        : ["", "", ""];
}
