using System.Text.Json;
using PromptAD.Files;
using PromptAD.Memory;
using PromptAD.Words;

namespace PromptAD.Detectors;

/// <summary>Reads and checks detector files of all formats.</summary>
internal static class DetectorReader
{
    private const float LargestValue = 1.001f; // rounding
    private const float LargestWhitened = 1e6f; // what whitening makes of patches, which may have any length, stays far below

    /// <summary>Reads a detector file, and notes what it holds.</summary>
    /// <exception cref="PromptADException">The file is missing, damaged, no detector, or newer than this library.</exception>
    public static (Detector Detector, KnownFiles Known) Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new PromptADException(
                Problem.Missing,
                $"'{path}' {(Directory.Exists(path) ? "is a folder" : "does not exist")}; give a detector file that training has written.");
        }
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Detector detector = Read(file, new DetectorSource(path));
        var known = new KnownFiles();
        known.NoteLoaded(AtomicFile.TargetOf(path), HashOf(file));
        return (detector, known);
    }

    /// <summary>The same from a stream's position to its end.</summary>
    /// <exception cref="PromptADException">The stream cannot be read, or holds no whole detector that this library knows.</exception>
    public static Detector Read(Stream stream)
    {
        using SafetensorsFile file = SafetensorsFile.Open(stream);
        return Read(file, new DetectorSource(Path: null));
    }

    private static Detector Read(SafetensorsFile file, DetectorSource source)
    {
        DetectorMetadata metadata = ReadMetadata(file, source);
        bool isChecked = CheckHash(file, source);
        ReferencePicture[]? references = metadata.References?
            .Select((picture, i) => picture with { Pixels = file.ReadBytes(DetectorTensors.Reference(i)) }).ToArray();
        metadata = metadata with { References = references };
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
        int regions = metadata.HasMemory ? metadata.Tiles?.Count ?? 1 : 0;
        MemoryBank Memory(int region) => metadata.Memory == MemoryKind.Subspace
            ? ReadSubspaces(file, region, isWhitened, Values, source)
            : ReadMemory(file, region, isWhitened, Values, source);
        MemoryBank[] banks = [.. Enumerable.Range(0, regions).Select(Memory)];
        if (banks.Any(bank => !bank.Widths.SequenceEqual(banks[0].Widths)))
            throw Damaged(source, "the memory banks of its tiles do not fit each other");
        long taught = (metadata.History ?? []).Sum(entry => (long)entry.Patches);
        if (banks is [{ Subspaces: null } bank, ..] && taught >= bank.Rows)
            throw Damaged(source, "its history tells of more patches than its memory has");
        if (banks is [{ Subspaces: not null } planes, ..] && taught != planes.Rows)
            throw Damaged(source, "its history tells of other patches than its memory has");
        WordPrototypes? words = metadata.HasWords ? ReadWords(name => Values(name), source) : null;
        return new Detector(metadata, words, banks) { IsChecked = isChecked };
    }

    private static WordPrototypes ReadWords(Func<string, float[]> read, DetectorSource source)
    {
        var words = new WordPrototypes(
            new Prototypes(read(DetectorTensors.ImageNormal), read(DetectorTensors.ImageAnomalous)),
            new Prototypes(read(DetectorTensors.PixelNormal), read(DetectorTensors.PixelAnomalous)));
        int channels = words.Image.Normal.Length;
        float[][] others = [words.Image.Anomalous, words.Pixel.Normal, words.Pixel.Anomalous];
        return channels > 0 && Array.TrueForAll(others, prototype => prototype.Length == channels)
            ? words
            : throw Damaged(source, "its prototypes do not fit each other");
    }

    /// <summary>The hash of what a file holds: the one that is written in it, or found where there is none.</summary>
    /// <exception cref="PromptADException">The file cannot be read.</exception>
    public static string HashOf(SafetensorsFile file) =>
        file.Metadata.GetValueOrDefault(DetectorTensors.HashKey) ?? file.HashWithout(DetectorTensors.HashKey);

    /// <summary>Compares the file with the hash that it was written with.</summary>
    /// <returns>Whether it has one.</returns>
    private static bool CheckHash(SafetensorsFile file, DetectorSource source)
    {
        // A damaged name of the hash must not make a file look like one of an earlier program.
        if (file.Metadata.Keys.FirstOrDefault(key => key is not (DetectorTensors.MetadataKey or DetectorTensors.HashKey)) is { } unknown)
            throw Damaged(source, $"its header has an entry '{Printable.Line(unknown)}', which no detector has");
        if (!file.Metadata.TryGetValue(DetectorTensors.HashKey, out string? written)) return false;
        string found = file.HashWithout(DetectorTensors.HashKey);
        if (found == written) return true;
        throw Damaged(source, $"what it holds is not what was written (its SHA-256 is {found[..8]}…, not {Printable.Line(written, 8)})");
    }

    private static MemoryBank ReadMemory(
        SafetensorsFile file, int tile, bool isWhitened, Func<string, float, float[]> read, DetectorSource source)
    {
        int count = 0;
        while (file.Tensors.ContainsKey(DetectorTensors.Memory(count, tile))) count++;
        if (count == 0) throw Damaged(source, tile == 0 ? "it has no memory bank" : $"its tile {tile + 1} has no memory bank");
        long[][] shapes = [.. Enumerable.Range(0, count).Select(layer => file.Tensors[DetectorTensors.Memory(layer, tile)].Shape)];
        if (shapes.Any(shape => shape is not [> 0, > 0] || shape[0] != shapes[0][0]))
            throw Damaged(source, "the memory bank's layers do not fit each other");
        int[] widths = [.. shapes.Select(shape => (int)shape[1])];
        float largest = isWhitened ? LargestWhitened : LargestValue;
        float[][] layers = [.. Enumerable.Range(0, count).Select(layer => read(DetectorTensors.Memory(layer, tile), largest))];
        float[]? weights = ReadWeights(file, count, read, source);
        return new MemoryBank(layers, widths, isWhitened ? ReadWhitenings(widths, tile, read, source) : null, weights);
    }

    /// <summary>The planes of each layer, and the rows that feedback has put beside them.</summary>
    private static MemoryBank ReadSubspaces(
        SafetensorsFile file, int tile, bool isWhitened, Func<string, float, float[]> read, DetectorSource source)
    {
        float largest = isWhitened ? LargestWhitened : LargestValue;
        var subspaces = new List<Subspace>();
        while (file.Tensors.ContainsKey(DetectorTensors.SubspaceMean(subspaces.Count, tile)))
        {
            string components = DetectorTensors.Components(subspaces.Count, tile);
            float[] mean = read(DetectorTensors.SubspaceMean(subspaces.Count, tile), largest);
            long[]? shape = file.Tensors.GetValueOrDefault(components)?.Shape;
            bool fits = mean.Length > 0 && (shape is null || (shape is [> 0, var width] && width == mean.Length && shape[0] <= width));
            if (!fits) throw Damaged(source, "its subspaces do not fit each other");
            subspaces.Add(new Subspace(mean, shape is null ? [] : read(components, LargestValue)));
        }
        if (subspaces.Count == 0) throw Damaged(source, tile == 0 ? "it has no memory" : $"its tile {tile + 1} has no memory");
        int[] widths = [.. subspaces.Select(subspace => subspace.Mean.Length)];
        IReadOnlyList<Whitening>? whitenings = isWhitened ? ReadWhitenings(widths, tile, read, source) : null;
        MemoryBank planes = MemoryBank.Of(subspaces, whitenings, ReadWeights(file, subspaces.Count, read, source));
        if (!file.Tensors.ContainsKey(DetectorTensors.Memory(0, tile))) return planes;
        MemoryBank taught = ReadMemory(file, tile, isWhitened, read, source);
        return taught.Widths.SequenceEqual(widths)
            ? planes.With(taught)
            : throw Damaged(source, "what feedback has taught it does not fit its memory");
    }

    private static float[]? ReadWeights(SafetensorsFile file, int layers, Func<string, float, float[]> read, DetectorSource source)
    {
        float[]? weights = file.Tensors.ContainsKey(DetectorTensors.LayerWeights) ? read(DetectorTensors.LayerWeights, 1) : null;
        return weights is null || (weights.Length == layers && Array.TrueForAll(weights, weight => weight > 0))
            ? weights
            : throw Damaged(source, "the weights of its memory bank do not fit");
    }

    private static Whitening[] ReadWhitenings(int[] widths, int tile, Func<string, float, float[]> read, DetectorSource source)
    {
        Whitening[] whitenings =
        [
            .. widths.Select((_, layer) => new Whitening(
                read(DetectorTensors.Mean(layer, tile), LargestWhitened), read(DetectorTensors.Matrix(layer, tile), LargestWhitened))),
        ];
        bool fits = whitenings.Zip(widths).All(pair =>
            pair.First.Mean.Length == pair.Second && pair.First.Matrix.Length == pair.Second * pair.Second);
        return fits ? whitenings : throw Damaged(source, "its whitening does not fit its memory bank");
    }

    /// <summary>Whether a file says that it is a detector; whether it is a whole one is not looked at.</summary>
    public static bool IsDetector(string path)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return file.Metadata.ContainsKey(DetectorTensors.MetadataKey);
        }
        catch (PromptADException)
        {
            return false;
        }
    }

    private static DetectorMetadata ReadMetadata(SafetensorsFile file, DetectorSource source)
    {
        if (!file.Metadata.TryGetValue(DetectorTensors.MetadataKey, out string? json))
        {
            throw new PromptADException(
                Problem.Damaged, $"{source.Name} is a safetensors file but no detector. Give a file that training has written.");
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
                    Problem.Unsupported,
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
        new(Problem.Damaged, $"{source.Detector} is damaged: {what}. Copy it again or train it again.", inner!);
}
