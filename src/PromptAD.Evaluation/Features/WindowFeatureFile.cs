using PromptAD.Encoders;
using PromptAD.Files;

namespace PromptAD.Evaluation.Features;

/// <summary>The windows of one picture as a safetensors file.</summary>
internal static class WindowFeatureFile
{
    private const string Patches = "patches";

    /// <summary>Null where there is no file, or one that is damaged and so is made again.</summary>
    public static WindowFeatures? TryRead(string path, IReadOnlyList<WindowGrid> scales, EncoderInfo encoder)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            var features = new WindowFeatures([.. scales.Select((_, i) => file.ReadFloats(Scale(i)))], file.ReadFloats(Patches));
            bool whole = features.Patches.Length == encoder.Patches * encoder.Widths[0]
                && scales.Select(scale => scale.Windows.Count * encoder.EmbeddingSize)
                    .SequenceEqual(features.Scales.Select(rows => rows.Length))
                && features.Scales.Append(features.Patches).All(rows => Array.TrueForAll(rows, float.IsFinite));
            return whole ? features : null;
        }
        catch (PromptADException)
        {
            return null;
        }
    }

    public static void Write(string path, WindowFeatures features)
    {
        var values = new Dictionary<string, float[]> { [Patches] = features.Patches };
        for (int i = 0; i < features.Scales.Count; i++) values.Add(Scale(i), features.Scales[i]);
        SafetensorsFile.Write(path, values);
    }

    private static string Scale(int index) => $"scale.{index + 1}";
}
