using PromptAD.Files;

namespace PromptAD.Evaluation.Features;

/// <summary>Writes vectors as a safetensors file, whole or not at all.</summary>
internal static class TensorFile
{
    public static void Write(string path, IReadOnlyDictionary<string, float[]> values)
    {
        TensorEntry[] entries = [.. values.Select(pair => new TensorEntry(pair.Key, ElementType.Float32, [pair.Value.Length]))];
        AtomicFile.Write(path, stream => new SafetensorsLayout(entries).Write(stream, entry => values[entry.Name]));
    }
}
