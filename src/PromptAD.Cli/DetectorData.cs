using System.Security.Cryptography;
using System.Text.Json;
using PromptAD.Detectors;

namespace PromptAD.Cli;

/// <summary>What a detector file says of itself, for programs.</summary>
internal static class DetectorData
{
    /// <summary>How much of a picture a mask inspects, 0 to 1.</summary>
    public static double InspectedPart(MaskRecord mask)
    {
        bool[] raster = mask.ToMask().Raster(mask.Side);
        return (double)raster.Count(place => place) / raster.Length;
    }

    /// <summary>A file's length in bytes and its SHA-256.</summary>
    public static (long Bytes, string Hash) SizeAndHash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return (stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    public static void WriteJson(string file, DetectorModel model, TextWriter output) => JsonText.Write(output, writer =>
    {
        writer.WriteStartObject();
        WriteTaught(model.Metadata, writer);
        WriteMemory(model, writer);
        WriteLimits(model.Metadata, writer);
        WriteFile(file, model, writer);
        writer.WriteEndObject();
    });

    private static void WriteTaught(DetectorMetadata metadata, Utf8JsonWriter writer)
    {
        writer.WriteString("object", metadata.ObjectName);
        writer.WriteStartArray("states");
        foreach (string state in metadata.States) writer.WriteStringValue(state);
        writer.WriteEndArray();
        writer.WriteNumber("shots", metadata.Shots);
        writer.WriteNumber("seed", metadata.Seed);
        writer.WriteString("backbone", metadata.BackboneId);
        writer.WriteString("backbone_hash", metadata.BackboneHash);
        writer.WriteBoolean("generated_backbone", metadata.GeneratedBackbone);
        writer.WritePropertyName("preprocessing");
        JsonSerializer.Serialize(writer, metadata.Preprocessing, DetectorJson.Default.PreprocessingOptions);
        writer.WritePropertyName("mask");
        if (metadata.Mask is { } mask)
        {
            writer.WriteStartObject();
            writer.WriteNumber("width", mask.Width);
            writer.WriteNumber("height", mask.Height);
            writer.WriteNumber("inspected", InspectedPart(mask));
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNullValue();
        }
        writer.WritePropertyName("tiles");
        JsonSerializer.Serialize(writer, metadata.Tiles, DetectorJson.Default.Tiling!);
        writer.WritePropertyName("poses");
        JsonSerializer.Serialize(writer, metadata.Poses, DetectorJson.Default.PoseOptions!);
    }

    private static void WriteMemory(DetectorModel model, Utf8JsonWriter writer)
    {
        writer.WritePropertyName("scoring");
        JsonSerializer.Serialize(writer, model.Metadata.Scoring, DetectorJson.Default.ScoringOptions);
        writer.WriteNumber("temperature", model.Metadata.Temperature);
        writer.WriteNumber("good_peak", model.Metadata.GoodPeak);
        writer.WriteStartObject("memory");
        writer.WriteNumber("patches", model.Banks.Sum(bank => bank.Rows));
        writer.WriteNumber("channels", model.Banks[0].Widths[0]);
        writer.WriteNumber("layers", model.Banks[0].Layers.Count);
        writer.WriteBoolean("whitened", model.Banks[0].Whitenings is not null);
        writer.WriteEndObject();
    }

    private static void WriteLimits(DetectorMetadata metadata, Utf8JsonWriter writer)
    {
        writer.WritePropertyName("limits");
        JsonSerializer.Serialize(writer, metadata.Limits, DetectorJson.Default.Limits!);
        writer.WriteNumber("further_good_scores", metadata.GoodScores?.Further.Count ?? 0);
        writer.WriteNumber("shot_scores", metadata.GoodScores?.Shots.Count ?? 0);
        writer.WriteNumber("feedback_pictures", metadata.History?.Count ?? 0);
        writer.WriteNumber("feedback_patches", metadata.History?.Sum(entry => (long)entry.Patches) ?? 0);
        writer.WriteNumber("kept_good", metadata.Kept?.Count(kept => kept.IsGood) ?? 0);
        writer.WriteNumber("kept_defects", metadata.Kept?.Count(kept => !kept.IsGood) ?? 0);
    }

    private static void WriteFile(string file, DetectorModel model, Utf8JsonWriter writer)
    {
        writer.WritePropertyName("training");
        if (model.Metadata.Training is { } training) training.WriteTo(writer);
        else writer.WriteNullValue();
        writer.WriteString("created", model.Metadata.Created);
        writer.WriteString("program", model.Metadata.Program);
        writer.WriteNumber("format", model.Metadata.Format);
        writer.WriteBoolean("has_checksum", model.IsChecked);
        (long bytes, string hash) = SizeAndHash(file);
        writer.WriteNumber("bytes", bytes);
        writer.WriteString("sha256", hash);
    }
}
