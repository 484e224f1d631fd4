using System.Globalization;
using System.Text.Json;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Onnx;

namespace PromptAD.Export;

/// <summary>
/// A whole detector as one ONNX model without other files. Input: <c>picture</c>, 8-bit, (height, width, 3), red first. Outputs:
/// <c>score</c>, <c>text_score</c> and <c>visual_score</c>, (1) each, <c>map</c>, (size, size), and of a detector with limits
/// <c>normalized_score</c>, (1). The vision graph of the store is taken as it is, its weights moved inside.
/// </summary>
internal static class DetectorGraph
{
    public const string Picture = "picture", Score = "score", Text = "text_score", Visual = "visual_score", Map = "map",
        Normalized = "normalized_score";

    /// <summary>Builds the model.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="backbone">Its backbone.</param>
    /// <param name="width">The width of the pictures it is for.</param>
    /// <param name="height">Their height.</param>
    /// <exception cref="PromptADException">It would be too large, or its options cannot be exported.</exception>
    public static ModelProto Build(Detector detector, Backbone backbone, int width, int height)
    {
        if (detector.Memory is null)
            throw new PromptADException(Problem.Unsupported, "A detector without a memory cannot be exported; train one with a memory.");
        if (detector.Info.Preprocessing.Resize != ResizeMode.Direct)
        {
            throw new PromptADException(
                new Diagnostic(Problem.Unsupported, "A detector that resizes by way of 1024 x 1024 cannot be exported.")
                {
                    Remedy = "Train one that resizes in one step, with {0}.",
                    Option = $"{nameof(ResizeMode)}.{nameof(ResizeMode.Direct)}",
                });
        }
        EncoderInfo encoder = backbone.Encoder;
        var encoders = new EncoderNodes(backbone);
        ModelProto exported = encoders.Model;
        var graph = new GraphAppender(exported.Graph);
        InspectedPatches? inspected = detector.Info.Mask is { } mask
            ? new InspectedPatches(mask, encoder, detector.Scoring.MapSize)
            : null;

        var input = new PictureNodes(graph, encoder.InputSize, encoder.FillLevels);
        string planes = input.Add(Picture, width, height, detector.Info.Preprocessing.QueryChannels, inspected?.Seen());
        var outputs = new ScoreOutputs(graph, detector, encoders.Add(graph, planes), encoder.Grid, inspected);
        exported.Graph.Name = "detector";
        exported.Graph.Input.Add(Describe(Picture, GraphAppender.UInt8, height, width, 3));
        foreach ((string value, string name, int[] shape) in outputs.Add())
        {
            graph.Rename(value, name);
            exported.Graph.Output.Add(Describe(name, GraphAppender.Float, shape));
        }
        foreach ((string key, string value) in Metadata(detector.Metadata))
            exported.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return exported;
    }

    private static IEnumerable<(string Key, string Value)> Metadata(DetectorMetadata metadata)
    {
        yield return ("object", metadata.ObjectName);
        yield return ("states", string.Join(", ", metadata.States));
        yield return ("backbone", metadata.BackboneId);
        yield return ("backbone_hash", metadata.BackboneHash);
        if (metadata.MemoryBackbone is { } memory)
        {
            yield return ("memory_backbone", memory.Id);
            yield return ("memory_backbone_hash", memory.Hash);
        }
        yield return ("program", metadata.Program);
        yield return ("created", metadata.Created.ToString("O", CultureInfo.InvariantCulture));
        if (metadata.Preprocessing.SignificantBits is { } bits) yield return ("significant_bits", $"{bits}");
        if (metadata.Limits is not { } limits) yield break;
        yield return ("review_limit", limits.Review.Score.ToString("R", CultureInfo.InvariantCulture));
        yield return ("ng_limit", limits.NG.Score.ToString("R", CultureInfo.InvariantCulture));
        yield return ("pixel_limit", limits.Pixel.Score.ToString("R", CultureInfo.InvariantCulture));
        yield return ("limits", JsonSerializer.Serialize(limits, DetectorJson.Default.Limits));
    }

    private static ValueInfoProto Describe(string name, int type, params int[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        var tensor = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
