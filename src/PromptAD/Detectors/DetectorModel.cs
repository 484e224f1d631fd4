using System.Text.Json;
using PromptAD.Files;
using PromptAD.Memory;
using PromptAD.Words;

namespace PromptAD.Detectors;

/// <summary>
/// All that a detector is: two prototypes a level, the memory bank and the record of how it was made. One safetensors file.
/// </summary>
internal sealed record DetectorModel(DetectorMetadata Metadata, Prototypes Image, Prototypes Pixel, MemoryBank Memory)
{
    /// <summary>The memory banks of all tiles but the first, whose is <see cref="Memory"/>; none without tiles.</summary>
    public IReadOnlyList<MemoryBank> FurtherTiles { get; init; } = [];

    /// <summary>The memory banks of all tiles.</summary>
    public IReadOnlyList<MemoryBank> Banks => FurtherTiles.Count == 0 ? [Memory] : [Memory, .. FurtherTiles];

    /// <summary>Pictures that feedback is checked with.</summary>
    public IReadOnlyList<KeptPicture> Kept
    {
        get => Metadata.Kept ?? [];
        init => Metadata = Metadata with { Kept = value.Count > 0 ? value : null };
    }

    /// <summary>Whether the file that it was read from has a hash and agrees with it; files of earlier programs have none.</summary>
    public bool IsChecked { get; init; }

    /// <summary>What it was loaded from; one for all that is made of this model with changes.</summary>
    private KnownFiles Files { get; } = new();

    private const string MetadataKey = "promptad", HashKey = "sha256";
    private const float LargestValue = 1.001f; // rounding
    private const float LargestWhitened = 1e6f; // what whitening makes of patches, which may have any length, stays far below
    private const string ImageNormal = "image.normal", ImageAnomalous = "image.anomalous";
    private const string PixelNormal = "pixel.normal", PixelAnomalous = "pixel.anomalous";

    private const string Weights = "memory.weights";

    private static string MemoryName(int layer, int tile = 0) => $"{TileName(tile)}memory.{layer + 1}";

    private static string MeanName(int layer, int tile) => $"{TileName(tile)}metric.{layer + 1}.mean";

    private static string MatrixName(int layer, int tile) => $"{TileName(tile)}metric.{layer + 1}.matrix";

    private static string KeptName(int picture) => $"kept.{picture + 1}"; // (3, size, size), flat

    private static ElementType TypeOf(string name) =>
        name.StartsWith("kept.", StringComparison.Ordinal) ? ElementType.UInt8 : ElementType.Float32;

    private static string TileName(int tile) => tile == 0 ? "" : $"tile.{tile + 1}.";

    /// <summary>Writes the file; its name holds either the old detector or the whole new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="before">
    /// What it must hold where the model was not loaded from it, such as what it held when a command began; null for anything.
    /// </param>
    /// <exception cref="PromptADException">The file cannot be written, or somebody else changed it meanwhile.</exception>
    public void Save(string path, FileContent? before = null)
    {
        (Action<Stream> write, string hash) = Contents();
        string target = "";
        AtomicFile.Write(path, write, found =>
        {
            Files.Check(path, found, before);
            target = found;
        });
        Files.NoteSaved(target, hash);
    }

    /// <summary>Writes the same bytes to a stream, one after the other.</summary>
    public void Save(Stream stream) => Contents().Write(stream);

    private (Action<Stream> Write, string Hash) Contents()
    {
        var values = new Dictionary<string, float[]>
        {
            [ImageNormal] = Image.Normal,
            [ImageAnomalous] = Image.Anomalous,
            [PixelNormal] = Pixel.Normal,
            [PixelAnomalous] = Pixel.Anomalous,
        };
        foreach ((int tile, MemoryBank bank) in Banks.Index())
        {
            for (int layer = 0; layer < bank.Layers.Count; layer++)
            {
                values.Add(MemoryName(layer, tile), bank.Layers[layer]);
                if (bank.Whitenings is null) continue;
                values.Add(MeanName(layer, tile), bank.Whitenings[layer].Mean);
                values.Add(MatrixName(layer, tile), bank.Whitenings[layer].Matrix);
            }
        }
        if (Memory.Weights is { } weights) values.Add(Weights, [.. weights]);
        foreach ((int i, KeptPicture kept) in Kept.Index()) values.Add(KeptName(i), [.. kept.Pixels.Select(pixel => (float)pixel)]);
        var widths = new Dictionary<string, int>(); // of tables
        foreach ((int tile, MemoryBank bank) in Banks.Index())
        {
            foreach ((int layer, int width) in bank.Widths.Index())
                (widths[MemoryName(layer, tile)], widths[MatrixName(layer, tile)]) = (width, width);
        }
        long[] Shape(string name, int length) => widths.TryGetValue(name, out int width) ? [length / width, width] : [length];
        TensorEntry[] entries =
            [.. values.Select(pair => new TensorEntry(pair.Key, TypeOf(pair.Key), Shape(pair.Key, pair.Value.Length)))];
        string json = JsonSerializer.Serialize(Metadata, DetectorJson.Default.DetectorMetadata);
        var metadata = new Dictionary<string, string> { [MetadataKey] = json };
        ReadOnlyMemory<float> Read(TensorEntry entry) => values[entry.Name];
        metadata[HashKey] = SafetensorsLayout.HashOf(entries, metadata, Read);
        return (stream => new SafetensorsLayout(entries, metadata).Write(stream, Read), metadata[HashKey]);
    }

    /// <summary>Reads and checks a detector file.</summary>
    /// <exception cref="PromptADException">The file is missing, damaged, no detector, or newer than this program.</exception>
    public static DetectorModel Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new PromptADException(
                $"'{path}' {(Directory.Exists(path) ? "is a folder" : "does not exist")}; "
                + "give a detector file that 'promptad train' wrote.");
        }
        using SafetensorsFile file = SafetensorsFile.Open(path);
        DetectorModel model = Read(file, new DetectorSource(path));
        model.Files.NoteLoaded(AtomicFile.TargetOf(path), HashOf(file));
        return model;
    }

    /// <summary>The same from a stream's position to its end.</summary>
    /// <exception cref="PromptADException">The stream cannot be read, or holds no whole detector that this program knows.</exception>
    public static DetectorModel Load(Stream stream)
    {
        using SafetensorsFile file = SafetensorsFile.Open(stream);
        return Read(file, new DetectorSource(Path: null));
    }

    private static DetectorModel Read(SafetensorsFile file, DetectorSource source)
    {
        DetectorMetadata metadata = ReadMetadata(file, source);
        bool isChecked = CheckHash(file, source);
        KeptPicture[]? kept = metadata.Kept?.Select((picture, i) => picture with { Pixels = file.ReadBytes(KeptName(i)) }).ToArray();
        metadata = metadata with { Kept = kept };
        // All but what whitening made are rows of unit length, so nothing beyond 1 belongs there, and nothing that is not a number.
        float[] Values(string name, float largest = LargestValue)
        {
            float[] values = file.ReadFloats(name);
            bool valid = Array.TrueForAll(values, value => Math.Abs(value) <= largest);
            return valid
                ? values
                : throw Damaged(source, $"'{name}' holds a value that is not a number between -{largest:R} and {largest:R}");
        }

        bool isWhitened = metadata.Scoring.WhitenMemory == true;
        int tiles = metadata.Tiles?.Count ?? 1;
        MemoryBank[] banks = [.. Enumerable.Range(0, tiles).Select(tile => ReadMemory(file, tile, isWhitened, Values, source))];
        if (banks.Any(bank => !bank.Widths.SequenceEqual(banks[0].Widths)))
            throw Damaged(source, "the memory banks of its tiles do not fit each other");
        var model = new DetectorModel(
            metadata,
            new Prototypes(Values(ImageNormal), Values(ImageAnomalous)),
            new Prototypes(Values(PixelNormal), Values(PixelAnomalous)),
            banks[0])
        {
            FurtherTiles = banks[1..],
            IsChecked = isChecked,
        };
        if ((metadata.History ?? []).Sum(entry => (long)entry.Patches) >= model.Memory.Rows)
            throw Damaged(source, "its history tells of more patches than its memory has");
        int channels = model.Image.Normal.Length;
        float[][] prototypes = [model.Image.Anomalous, model.Pixel.Normal, model.Pixel.Anomalous];
        return channels > 0 && Array.TrueForAll(prototypes, prototype => prototype.Length == channels)
            ? model
            : throw Damaged(source, "its prototypes do not fit each other");
    }

    /// <summary>The hash of what a file holds: the one that is written in it, or found where there is none.</summary>
    /// <exception cref="PromptADException">The file cannot be read.</exception>
    public static string HashOf(SafetensorsFile file) => file.Metadata.GetValueOrDefault(HashKey) ?? file.HashWithout(HashKey);

    /// <summary>Compares the file with the hash that it was written with.</summary>
    /// <returns>Whether it has one.</returns>
    private static bool CheckHash(SafetensorsFile file, DetectorSource source)
    {
        // A damaged name of the hash must not make a file look like one of an earlier program.
        if (file.Metadata.Keys.FirstOrDefault(key => key is not (MetadataKey or HashKey)) is { } unknown)
            throw Damaged(source, $"its header has an entry '{Printable.Line(unknown)}', which no detector has");
        if (!file.Metadata.TryGetValue(HashKey, out string? written)) return false;
        string found = file.HashWithout(HashKey);
        if (found == written) return true;
        throw Damaged(source, $"what it holds is not what was written (its SHA-256 is {found[..8]}…, not {Printable.Line(written, 8)})");
    }

    private static MemoryBank ReadMemory(
        SafetensorsFile file, int tile, bool isWhitened, Func<string, float, float[]> read, DetectorSource source)
    {
        int count = 0;
        while (file.Tensors.ContainsKey(MemoryName(count, tile))) count++;
        if (count == 0) throw Damaged(source, tile == 0 ? "it has no memory bank" : $"its tile {tile + 1} has no memory bank");
        long[][] shapes = [.. Enumerable.Range(0, count).Select(layer => file.Tensors[MemoryName(layer, tile)].Shape)];
        if (shapes.Any(shape => shape is not [> 0, > 0] || shape[0] != shapes[0][0]))
            throw Damaged(source, "the memory bank's layers do not fit each other");
        int[] widths = [.. shapes.Select(shape => (int)shape[1])];
        float largest = isWhitened ? LargestWhitened : LargestValue;
        float[][] layers = [.. Enumerable.Range(0, count).Select(layer => read(MemoryName(layer, tile), largest))];
        float[]? weights = file.Tensors.ContainsKey(Weights) ? read(Weights, 1) : null;
        if (weights is not null && (weights.Length != count || !Array.TrueForAll(weights, weight => weight > 0)))
            throw Damaged(source, "the weights of its memory bank do not fit");
        if (!isWhitened) return new MemoryBank(layers, widths, weights: weights);
        Whitening[] whitenings =
        [
            .. Enumerable.Range(0, count).Select(layer => new Whitening(
                read(MeanName(layer, tile), LargestWhitened), read(MatrixName(layer, tile), LargestWhitened))),
        ];
        bool fits = whitenings.Zip(widths).All(pair =>
            pair.First.Mean.Length == pair.Second && pair.First.Matrix.Length == pair.Second * pair.Second);
        return fits
            ? new MemoryBank(layers, widths, whitenings, weights)
            : throw Damaged(source, "its whitening does not fit its memory bank");
    }

    /// <summary>Whether a file says that it is a detector; whether it is a whole one is not looked at.</summary>
    public static bool IsDetector(string path)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return file.Metadata.ContainsKey(MetadataKey);
        }
        catch (PromptADException)
        {
            return false;
        }
    }

    private static DetectorMetadata ReadMetadata(SafetensorsFile file, DetectorSource source)
    {
        if (!file.Metadata.TryGetValue(MetadataKey, out string? json))
        {
            throw new PromptADException(
                $"{source.Name} is a safetensors file but no detector. Give a file that 'promptad train' wrote.");
        }
        DetectorMetadata metadata = Parse(json, source);
        try
        {
            metadata.Validate();
            return metadata;
        }
        catch (PromptADException e)
        {
            throw Damaged(source, AtomicFile.Reason(e), e);
        }
    }

    private static DetectorMetadata Parse(string json, DetectorSource source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            // A newer format may have other fields, so its number is read before the rest.
            int format = document.RootElement.GetProperty("format").GetInt32();
            if (format > DetectorMetadata.CurrentFormat)
            {
                throw new PromptADException(
                    $"{source.Name} has detector format {format}, this program reads up to {DetectorMetadata.CurrentFormat}. "
                    + "Use a newer PromptAD.");
            }
            return document.Deserialize(DetectorJson.Default.DetectorMetadata) ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged(source, AtomicFile.Reason(e), e);
        }
    }

    private static PromptADException Damaged(DetectorSource source, string what, Exception? inner = null) =>
        new($"{source.Detector} is damaged: {what}. Copy it again or train it again.", inner!);
}
