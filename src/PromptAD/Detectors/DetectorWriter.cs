using System.Text.Json;
using PromptAD.Files;
using PromptAD.Memory;

namespace PromptAD.Detectors;

/// <summary>
/// Writes a detector as one safetensors file: two prototypes a level, the memory banks, the reference pictures, and in the header the
/// record of how it was made and the hash of all.
/// </summary>
internal sealed class DetectorWriter
{
    private readonly Dictionary<string, float[]> values = [];
    private readonly Dictionary<string, int> widths = []; // of tables
    private readonly TensorEntry[] entries;
    private readonly Dictionary<string, string> header;

    public DetectorWriter(Detector detector)
    {
        Add(detector);
        entries =
        [
            .. values.Select(pair => new TensorEntry(pair.Key, DetectorTensors.TypeOf(pair.Key), Shape(pair.Key, pair.Value.Length))),
        ];
        header = new Dictionary<string, string>
        {
            [DetectorTensors.MetadataKey] = JsonSerializer.Serialize(detector.Metadata, DetectorJson.Default.DetectorMetadata),
        };
        Hash = SafetensorsLayout.HashOf(entries, header, Read);
        header[DetectorTensors.HashKey] = Hash;
    }

    /// <summary>SHA-256 of header and tensors, as the file notes it.</summary>
    public string Hash { get; }

    public void Write(Stream stream) => new SafetensorsLayout(entries, header).Write(stream, Read);

    /// <summary>Writes the file; its name holds either what was there before or the whole new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="check">Told the path and where it leads, before the file takes its place; throws to leave it.</param>
    /// <returns>Where the path leads, without links.</returns>
    public string Write(string path, Action<string, string> check)
    {
        string target = "";
        AtomicFile.Write(path, Write, found =>
        {
            check(path, found);
            target = found;
        });
        return target;
    }

    private void Add(Detector detector)
    {
        if (detector.Words is { } words)
        {
            values.Add(DetectorTensors.ImageNormal, words.Image.Normal);
            values.Add(DetectorTensors.ImageAnomalous, words.Image.Anomalous);
            values.Add(DetectorTensors.PixelNormal, words.Pixel.Normal);
            values.Add(DetectorTensors.PixelAnomalous, words.Pixel.Anomalous);
        }
        foreach ((int region, MemoryBank bank) in detector.Banks.Index()) Add(bank, region);
        if (detector.Memory?.Weights is { } weights) values.Add(DetectorTensors.LayerWeights, [.. weights]);
        foreach ((int i, ReferencePicture picture) in detector.References.Index())
            values.Add(DetectorTensors.Reference(i), [.. picture.Pixels.Select(pixel => (float)pixel)]);
    }

    private void Add(MemoryBank bank, int region)
    {
        foreach ((int layer, int width) in bank.Widths.Index())
        {
            (string memory, string matrix) = (DetectorTensors.Memory(layer, region), DetectorTensors.Matrix(layer, region));
            (widths[memory], widths[matrix]) = (width, width);
            if (bank.Subspaces is { } subspaces) Add(subspaces[layer], layer, region);
            if (bank.Rows > 0) values.Add(memory, bank.Layers[layer]);
            if (bank.Whitenings is null) continue;
            values.Add(DetectorTensors.Mean(layer, region), bank.Whitenings[layer].Mean);
            values.Add(matrix, bank.Whitenings[layer].Matrix);
        }
    }

    private void Add(Subspace subspace, int layer, int region)
    {
        string components = DetectorTensors.Components(layer, region);
        widths[components] = subspace.Mean.Length;
        values.Add(DetectorTensors.SubspaceMean(layer, region), subspace.Mean);
        if (subspace.Count > 0) values.Add(components, subspace.Components);
    }

    private long[] Shape(string name, int length) => widths.TryGetValue(name, out int width) ? [length / width, width] : [length];

    private ReadOnlyMemory<float> Read(TensorEntry entry) => values[entry.Name];
}
