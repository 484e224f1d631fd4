using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad info</c>: everything that a detector file says of itself.</summary>
internal static partial class InfoCommand
{
    private const double Megabyte = 1e6;

    private enum InfoFormat
    {
        Table,
        Json,
    }

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("detector") { Description = "The detector file." };
        Option<InfoFormat> format = CommonOptions.Format<InfoFormat>();
        var command = new Command("info", "Shows what a detector is and how it was made; needs no backbone.") { file, format };
        file.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction(parsed => Show(parsed.GetRequiredValue(file), parsed.GetValue(format), terminal));
        return command;
    }

    private static void Show(string file, InfoFormat format, Terminal terminal)
    {
        DetectorModel model = DetectorModel.Load(file);
        if (format == InfoFormat.Json)
        {
            DetectorData.WriteJson(file, model, terminal.Output);
            return;
        }
        foreach ((string name, string value) in Lines(model).Concat(FileLines(file, model)))
            terminal.PrintParagraph(value, $"{name,-11} ");
    }

    private static IEnumerable<(string Name, string Value)> Lines(DetectorModel model)
    {
        DetectorMetadata metadata = model.Metadata;
        ScoringOptions scoring = metadata.Scoring;
        yield return ("object", metadata.ObjectName);
        yield return ("states", string.Join(", ", metadata.States) + (scoring.WordsCount ? "" : " (not counted: words weigh nothing)"));
        yield return ("shots", $"{metadata.Shots}");
        yield return ("seed", $"{metadata.Seed}");
        yield return ("backbone", metadata.BackboneId + (metadata.GeneratedBackbone ? " (generated: its scores mean nothing)" : ""));
        yield return ("hash", metadata.BackboneHash);
        string resized = metadata.Preprocessing.Resize == ResizeMode.Direct ? "in one step" : "by way of 1024 x 1024";
        yield return ("pictures", $"resized {resized}, "
            + $"read as {metadata.Preprocessing.QueryChannels.ToString().ToUpperInvariant()}, "
            + $"at most {metadata.Preprocessing.PixelLimit:N0} pixels"
            + (metadata.Preprocessing.SignificantBits is { } bits ? $", 16-bit ones with {bits} significant bits" : ""));
        yield return ("inspected", Inspected(metadata.Mask));
        yield return ("tiles", metadata.Tiles is { } tiles ? $"{tiles}, each with a memory of its own" : "none");
        yield return ("poses", Poses(metadata.Poses));
        string each = metadata.Tiles is null ? "" : " for a tile at most, merged";
        yield return ("map", $"{scoring.MapSize} x {scoring.MapSize}{each}, smoothed with sigma {scoring.SmoothingSigma}, good pictures "
            + $"reach {metadata.GoodPeak:F4}");
        yield return ("fusion", Fusion(scoring, metadata.Temperature));
        yield return ("memory", Memory(model.Banks, scoring));
        foreach ((string name, string value) in LimitLines(metadata)) yield return (name, value);
    }

    private static string Inspected(MaskRecord? mask)
    {
        if (mask is null) return "the whole picture";
        return $"{DetectorData.InspectedPart(mask):P0} of pictures of the shape {mask.Width} x {mask.Height}";
    }

    private static string Poses(PoseOptions? poses)
    {
        if (poses is null) return "none but that of the pictures";
        string turns = poses.Turn is { } degrees ? $"turned by {degrees:0.##} degrees{(poses.Flips ? " and mirrored" : "")}" : "mirrored";
        return $"{turns}: {Counted.Of(poses.Views, "view")} of each picture, at most {poses.MostRows:N0} patches of it";
    }

    private static string Fusion(ScoringOptions scoring, float temperature)
    {
        string patches = scoring.TopPatches == 0 ? "the map's maximum" : $"the {scoring.TopPatches} most anomalous patches";
        string scale = scoring.WordsCount ? $"; logit scale {temperature:0.####}, {ScoringText.Of(scoring.LogitScale)}" : "";
        return $"{ScoringText.Of(scoring.Fusion)}, from {patches}; {ScoringText.Words(scoring)}{scale}";
    }

    private static string Memory(IReadOnlyList<MemoryBank> banks, ScoringOptions scoring)
    {
        MemoryBank memory = banks[0];
        int rows = banks.Sum(bank => bank.Rows);
        string whitened = memory.Whitenings is null ? "" : ", whitened";
        string shifts = scoring.MemoryShifts > 1 ? $", {scoring.MemoryShifts} x {scoring.MemoryShifts} shifts" : "";
        double size = (double)rows * memory.Widths.Sum() * sizeof(float) / Megabyte;
        string channels = string.Join(" and ", memory.Widths.Distinct());
        return $"{rows:N0} patches of {channels} channels at {memory.Layers.Count} layers, {size:0.0} MB{shifts}{whitened}";
    }

    private static IEnumerable<(string Name, string Value)> LimitLines(DetectorMetadata metadata)
    {
        if (metadata.Limits is not { } limits)
        {
            yield return ("limits", "none: no verdicts; 'promptad calibrate' finds them");
            yield break;
        }
        yield return ("review", VerdictText.Describe(limits.Review));
        yield return ("ng", VerdictText.Describe(limits.NG));
        yield return ("regions", VerdictText.Describe(limits.Pixel) + (limits.MinimumArea > 0 ? $", from {limits.MinimumArea:0.#} "
            + "pixels on" : ""));
        int shots = metadata.GoodScores?.Shots.Count ?? 0, further = metadata.GoodScores?.Further.Count ?? 0;
        if (metadata.History is { Count: > 0 } history)
        {
            int patches = history.Sum(entry => entry.Patches);
            yield return ("feedback", $"{Counted.Of(history.Count, "picture")} learned from, "
                + $"{Counted.Of(patches, "patch", "patches")} ('promptad history')");
        }
        if (metadata.Kept is { Count: > 0 } kept)
        {
            int good = kept.Count(one => one.IsGood);
            yield return ("kept", $"{Counted.Of(good, "good picture")} and {kept.Count - good} of defects, to check feedback with");
        }
        yield return ("calibrated", $"{Counted.Of(further, "further good picture")}; {Counted.Of(shots, "score")} of pictures learned from "
            + "and their variations");
    }

    /// <summary>The training options, a line a group; those that are told above already are left out.</summary>
    private static IEnumerable<(string Name, string Value)> TrainingLines(JsonElement? training)
    {
        if (training is not { ValueKind: JsonValueKind.Object } options) yield break;
        foreach (JsonProperty group in options.EnumerateObject())
        {
            if (group.Name is "preprocessing" or "scoring" or "limits" or "poses" or "tiles") continue;
            if (group.Value.ValueKind != JsonValueKind.Object) continue;
            string[] values =
            [
                .. group.Value.EnumerateObject().Where(one => one.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object))
                    .Select(one => $"{one.Name.Replace('_', ' ')} {Plain(one.Value)}"),
            ];
            yield return (group.Name, string.Join(", ", values));
        }
    }

    /// <summary>A value as people write it: "context before object" and 0.00001.</summary>
    private static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => WordStart().Replace(value.GetString()!, match => $" {match.Value.ToLowerInvariant()}").Trim(),
        JsonValueKind.Number when value.TryGetDouble(out double number) => number.ToString("0.##########", CultureInfo.InvariantCulture),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        _ => value.ToString(),
    };

    [GeneratedRegex("[A-Z]")]
    private static partial Regex WordStart();

    private static IEnumerable<(string Name, string Value)> FileLines(string file, DetectorModel model)
    {
        DetectorMetadata metadata = model.Metadata;
        foreach ((string name, string value) in TrainingLines(metadata.Training)) yield return (name, value);
        yield return ("created", metadata.Created.ToString("u", CultureInfo.InvariantCulture));
        yield return ("program", $"{metadata.Program}, format {metadata.Format}");
        yield return ("checksum", model.IsChecked ? "as written" : "none (written by an earlier version)");
        (long bytes, string hash) = DetectorData.SizeAndHash(file);
        yield return ("file", $"{bytes / Megabyte:0.0} MB, sha256 {hash}");
    }
}
