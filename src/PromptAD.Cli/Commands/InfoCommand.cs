using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PromptAD.Results;
using PromptAD.Wording;

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
        DetectorDescription detector = DetectorDescription.Read(file);
        if (format == InfoFormat.Json)
        {
            JsonText.Copy(terminal.Output, stream => ResultJson.Write(stream, detector));
            return;
        }
        foreach ((string name, string value) in Lines(detector).Concat(FileLines(detector)))
            terminal.PrintParagraph(value, $"{name,-11} ");
    }

    private static IEnumerable<(string Name, string Value)> Lines(DetectorDescription detector)
    {
        ScoringOptions scoring = detector.Scoring;
        yield return ("object", detector.ObjectName);
        yield return ("states", detector.States.Count == 0
            ? "none: the memory alone judges"
            : string.Join(", ", detector.States) + (scoring.CountsWords() ? "" : " (not counted: words weigh nothing)"));
        yield return ("shots", $"{detector.Shots}");
        yield return ("seed", $"{detector.Seed}");
        yield return ("backbone", detector.Backbone + (detector.GeneratedBackbone ? " (generated: its scores mean nothing)" : ""));
        yield return ("hash", detector.BackboneHash);
        if (detector.MemoryBackbone is { } memory)
        {
            yield return ("memory of", memory.Id);
            yield return ("its hash", memory.Hash);
        }
        string resized = detector.Preprocessing.Resize == ResizeMode.Direct ? "in one step" : "by way of 1024 x 1024";
        yield return ("pictures", $"resized {resized}, "
            + $"read as {detector.Preprocessing.QueryChannels.ToString().ToUpperInvariant()}, "
            + $"at most {detector.Preprocessing.MaxPicturePixels:N0} pixels"
            + (detector.Preprocessing.SignificantBits is { } bits ? $", 16-bit ones with {bits} significant bits" : ""));
        yield return ("inspected", Inspected(detector.Mask));
        yield return ("tiles", detector.Tiles is { } tiles ? $"{tiles}, each with a memory of its own" : "none");
        yield return ("poses", Poses(detector.Poses));
        string each = detector.Tiles is null ? "" : " for a tile at most, merged";
        yield return ("map", $"{scoring.MapSize} x {scoring.MapSize}{each}, smoothed with sigma {scoring.SmoothingSigma}, good pictures "
            + $"reach {detector.GoodPeak:F4}");
        yield return ("fusion", Fusion(scoring, detector));
        yield return ("memory", Memory(detector.Memory, scoring));
        foreach ((string name, string value) in LimitLines(detector)) yield return (name, value);
    }

    private static string Inspected(MaskDescription? mask) => mask is null
        ? "the whole picture"
        : $"{mask.Inspected:P0} of pictures of the shape {mask.Width} x {mask.Height}";

    private static string Poses(PoseOptions? poses)
    {
        if (poses is null) return "none but that of the pictures";
        string turns = poses.Turn is { } degrees ? $"turned by {degrees:0.##} degrees{(poses.Flips ? " and mirrored" : "")}" : "mirrored";
        return $"{turns}: {Plural.Of(poses.Views, "view")} of each picture, at most {poses.MostRows:N0} patches of it";
    }

    private static string Fusion(ScoringOptions scoring, DetectorDescription detector)
    {
        string patches = scoring.TopPatches == 0 ? "the map's maximum" : $"the {scoring.TopPatches} most anomalous patches";
        if (detector.States.Count == 0) return $"the memory alone, from {patches}";
        string scale = scoring.CountsWords() ? $"; logit scale {detector.Temperature:0.####}, {ScoringText.Of(scoring.LogitScale)}" : "";
        string weighed = detector.WordWeights is { } weights
            ? $", found from {weights.Copies} painted copies: {weights.ToldApart:P0} told apart, "
                + $"{weights.ToldApartByMemory:P0} by the memory alone"
            : "";
        return $"{ScoringText.Of(scoring.Fusion)}, from {patches}; {ScoringText.Words(scoring)}{weighed}{scale}";
    }

    private static string Memory(MemoryDescription? memory, ScoringOptions scoring)
    {
        if (memory is null) return "none: words alone judge";
        string whitened = memory.Whitened ? ", whitened" : "";
        string shifts = scoring.MemoryShifts > 1 ? $", {scoring.MemoryShifts} x {scoring.MemoryShifts} shifts" : "";
        string channels = string.Join(" and ", memory.Widths.Distinct());
        if (memory.Components is { } components)
        {
            string taught = memory.Patches > 0 ? $" and {Plural.Of(memory.Patches, "patch", "patches")} beside it" : "";
            return $"a subspace of {string.Join(" and ", components)} of {channels} channels{taught}, {memory.Bytes / Megabyte:0.0} MB"
                + $"{shifts}{whitened}";
        }
        return $"{memory.Patches:N0} patches of {channels} channels at {memory.Layers} layers, {memory.Bytes / Megabyte:0.0} MB"
            + $"{shifts}{whitened}";
    }

    private static IEnumerable<(string Name, string Value)> LimitLines(DetectorDescription detector)
    {
        if (detector.Limits is not { } limits)
        {
            yield return ("limits", "none: no verdicts; 'promptad calibrate' finds them");
            yield break;
        }
        yield return ("review", VerdictText.Describe(limits.Review));
        yield return ("ng", VerdictText.Describe(limits.NG));
        yield return ("regions", VerdictText.Describe(limits.Pixel) + (limits.MinimumArea > 0 ? $", from {limits.MinimumArea:0.#} "
            + "pixels on" : ""));
        if (detector.FeedbackPictures > 0)
        {
            yield return ("feedback", $"{Plural.Of(detector.FeedbackPictures, "picture")} learned from, "
                + $"{Plural.Of((int)detector.FeedbackPatches, "patch", "patches")} ('promptad history')");
        }
        if (detector.KeptGood + detector.KeptDefects > 0)
        {
            yield return ("kept", $"{Plural.Of(detector.KeptGood, "good picture")} and {detector.KeptDefects} of defects, to check "
                + $"feedback "
                + "with");
        }
        (int further, int shots) = (detector.FurtherGoodScores, detector.ShotScores);
        yield return ("calibrated", $"{Plural.Of(further, "further good picture")}; {Plural.Of(shots, "score")} of pictures learned from "
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

    private static IEnumerable<(string Name, string Value)> FileLines(DetectorDescription detector)
    {
        foreach ((string name, string value) in TrainingLines(detector.Training)) yield return (name, value);
        yield return ("created", detector.Created.ToString("u", CultureInfo.InvariantCulture));
        yield return ("program", $"{detector.Program}, format {detector.Format}");
        yield return ("checksum", detector.IsChecked ? "as written" : "none (written by an earlier version)");
        yield return ("file", $"{detector.Bytes / Megabyte:0.0} MB, sha256 {detector.Sha256}");
    }
}
