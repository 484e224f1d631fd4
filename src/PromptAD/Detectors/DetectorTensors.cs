using PromptAD.Files;

namespace PromptAD.Detectors;

/// <summary>What the tensors and header entries of a detector file are called.</summary>
internal static class DetectorTensors
{
    public const string MetadataKey = "promptad", HashKey = "sha256";
    public const string ImageNormal = "image.normal", ImageAnomalous = "image.anomalous";
    public const string PixelNormal = "pixel.normal", PixelAnomalous = "pixel.anomalous";
    public const string LayerWeights = "memory.weights";

    /// <summary>A layer's rows, (references, width).</summary>
    public static string Memory(int layer, int region = 0) => $"{Region(region)}memory.{layer + 1}";

    /// <summary>The mean of a layer's plane, (width).</summary>
    public static string SubspaceMean(int layer, int region) => $"{Region(region)}subspace.{layer + 1}.mean";

    /// <summary>The directions of a layer's plane, (components, width); absent where there are none.</summary>
    public static string Components(int layer, int region) => $"{Region(region)}subspace.{layer + 1}.components";

    /// <summary>The mean that whitening takes away, (width).</summary>
    public static string Mean(int layer, int region) => $"{Region(region)}metric.{layer + 1}.mean";

    /// <summary>What whitening multiplies by, (width, width).</summary>
    public static string Matrix(int layer, int region) => $"{Region(region)}metric.{layer + 1}.matrix";

    /// <summary>A reference picture as the encoder reads it, (3, size, size), flat.</summary>
    public static string Reference(int picture) => $"kept.{picture + 1}";

    public static ElementType TypeOf(string name) =>
        name.StartsWith("kept.", StringComparison.Ordinal) ? ElementType.UInt8 : ElementType.Float32;

    private static string Region(int region) => region == 0 ? "" : $"tile.{region + 1}.";
}
