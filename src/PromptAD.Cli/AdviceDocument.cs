using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PromptAD.Evaluation;

namespace PromptAD.Cli;

/// <summary>An advice as JSON for programs, with the command that follows it. AUROC lies in [0, 1].</summary>
internal sealed record AdviceDocument(
    string Note,
    IReadOnlyList<AdviceDocument.Choice> Choices,
    IReadOnlyList<OddPicture> OddPictures,
    IReadOnlyList<string> Pictures,
    IReadOnlyList<string> TestPictures,
    int PaintedCopies,
    IReadOnlyList<AdviceDocument.Trial> Tried,
    IReadOnlyList<string> Remarks,
    string Recommended,
    string Command)
{
    private static readonly AdviceContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });

    public static AdviceDocument From(Advice advice, string command) => new(
        AdviceOutput.Caution,
        [.. advice.Choices.Select(Choice.From)],
        advice.Odd,
        advice.Pictures,
        advice.TestPictures,
        advice.Painted,
        [.. advice.Variants.Select(row => Trial.From(row, advice))],
        advice.Remarks,
        AdviceOutput.NameOf(advice.Recommended.Variant),
        command);

    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, Context.AdviceDocument);

    /// <summary>The pictures chosen for a number of shots.</summary>
    public sealed record Choice(
        int Shots,
        IReadOnlyList<string> Pictures,
        double Score,
        double ScoreOfFirst,
        double ScoreOfDrawn,
        double ScoreOfDrawnLower,
        double ScoreOfDrawnUpper)
    {
        public static Choice From(ShotChoice choice) => new(
            choice.Pictures.Count, choice.Pictures, choice.Score, choice.FirstScore, choice.DrawnScore, choice.DrawnRange.Lower,
            choice.DrawnRange.Upper);
    }

    /// <summary>What was tried.</summary>
    public sealed record Trial(
        string Name,
        int Shots,
        string Options,
        double ImageAuroc,
        Difference? Gain,
        IReadOnlyList<OfSize> BySize,
        double PixelAuroc,
        double? TurnedImageAuroc,
        Difference? TurnedGain,
        double TrainingSeconds,
        double PredictionMilliseconds,
        long FileBytes)
    {
        public static Trial From(VariantFigures row, Advice advice) => new(
            AdviceOutput.NameOf(row.Variant),
            row.Variant.Shots,
            string.Join(' ', TrainCommandLine.OptionsOf(row.Variant)),
            row.Image,
            Difference.From(row.Gain),
            [.. advice.DefectSizes.Select((size, i) => new OfSize(size, row.ImageBySize[i], row.FoundBySize[i]))],
            row.Pixel,
            row.Turned,
            Difference.From(row.TurnedGain),
            row.Training.TotalSeconds,
            row.Prediction.TotalMilliseconds,
            row.FileBytes);
    }

    /// <summary>How defects of one size are found.</summary>
    public sealed record OfSize(double Size, double ImageAuroc, double FoundAboveAllGood);

    /// <summary>A paired difference and its interval.</summary>
    public sealed record Difference(double Value, double Lower, double Upper)
    {
        public static Difference? From(PairedDifference? difference) =>
            difference is { } known ? new Difference(known.Value, known.Interval.Lower, known.Interval.Upper) : null;
    }
}

[JsonSerializable(typeof(AdviceDocument))]
internal sealed partial class AdviceContext : JsonSerializerContext;
