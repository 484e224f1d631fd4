using System.Security.Cryptography;
using System.Text;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Imaging;

namespace PromptAD.Evaluation.Features;

/// <summary>
/// Features of pictures, encoded once and shared by all shots, seeds and methods. They lie in a folder, one file for each backbone, picture
/// content and way of preprocessing; the ones used last stay in memory up to a budget. A picture's file is opened when its features are
/// asked for, never before.
/// </summary>
internal sealed class FeatureCache(Backbone backbone, string folder, PreprocessingOptions options, long budget = FeatureCache.DefaultBudget)
{
    private const int Format = 3;
    private const long DefaultBudget = 512L << 20;
    private static readonly byte[] Jpeg = [0xFF, 0xD8];
    private const string Cls = "cls", Tokens = "tokens";

    private readonly Preprocessor preprocessor = new(backbone.Encoder.InputSize, options);
    private readonly IReadOnlyList<WindowGrid> scales = WindowGrid.All(backbone.Configuration.Vision.Grid);
    private readonly Dictionary<string, string> hashes = [];
    private readonly Dictionary<string, int> knownBits = [];
    private readonly HashSet<string> unended = [];
    private readonly Dictionary<string, LinkedListNode<(string Key, PictureFeatures Features)>> inMemory = [];
    private readonly LinkedList<(string Key, PictureFeatures Features)> byUse = new(); // the one used last comes first
    private long bytes;

    /// <summary>What encodes.</summary>
    public EncoderInfo Encoder => backbone.Encoder;

    /// <summary>Says how many bits of a category's 16-bit pictures are used; else each picture's statement counts.</summary>
    public void KnowBits(Category category, int bits)
    {
        foreach (string path in (string[])[.. category.TrainGood, .. category.ValidationGood, .. category.Test.Select(test => test.Path)])
            knownBits[path] = bits;
    }

    /// <summary>What is known of the bits of a picture.</summary>
    public BitDepth DepthOf(string path) => new(knownBits.TryGetValue(path, out int bits) ? bits : options.SignificantBits);

    /// <summary>The SHA-256 of a picture file's content, in hexadecimal, with the bits of it that are known to be used.</summary>
    /// <exception cref="PromptADException">The file cannot be read.</exception>
    public string HashOf(string path)
    {
        if (hashes.TryGetValue(path, out string? known)) return known;
        try
        {
            byte[] file = File.ReadAllBytes(path);
            if (file.AsSpan().StartsWith(Jpeg) && UnendedJpeg.LacksEnd(file)) unended.Add(path);
            string bits = knownBits.TryGetValue(path, out int used) ? $"-{used}" : "";
            return hashes[path] = Convert.ToHexStringLower(SHA256.HashData(file)) + bits;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unreadable,
                $"Cannot read the picture '{path}': {AtomicFile.Reason(e)}. Check that it is there and may be read.", e);
        }
    }

    /// <summary>
    /// Warnings of picture files that were taken; told from their bytes, since features may be of an earlier run.
    /// </summary>
    public IEnumerable<Diagnostic> WarningsOf(IEnumerable<string> paths) =>
        paths.Distinct().Where(unended.Contains).Select(path => UnendedJpeg.Warning($"'{path}'"));

    /// <summary>The features of a picture file, from memory, from the folder or from the encoder.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public PictureFeatures Get(string path, PictureRole role) => Get(path, role, change: null);

    /// <summary>The features of a picture to learn from in other places and lights.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public IEnumerable<PictureFeatures> GetVariations(string path) =>
        Enumerable.Range(0, GoodVariation.Count).Select(i => Get(
            path, PictureRole.Reference, new Change($"{i}", (input, output) =>
                GoodVariation.Make(i, input, preprocessor.Size, backbone.Encoder.FillLevels, output))));

    /// <summary>The features of gentle variations of a picture to learn from.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public IEnumerable<PictureFeatures> GetGentle(string path) =>
        Enumerable.Range(0, GentleVariation.Count).Select(i => Get(path, PictureRole.Reference, new Change(
            $"gentle {i}", (input, output) => GentleVariation.Make(i, input, preprocessor.Size, ChannelOrder.Rgb, output))));

    /// <summary>The features of a picture to learn from, moved by parts of a patch.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public IEnumerable<PictureFeatures> GetShifts(string path, int steps)
    {
        int patch = backbone.Encoder.PatchSize;
        return Enumerable.Range(0, PatchShift.Count(steps)).Select(i => Get(path, PictureRole.Reference, new Change(
            $"{i} of {steps}",
            (input, output) => PatchShift.Make(i, steps, patch, input, preprocessor.Size, output))));
    }

    /// <summary>The features of a picture to learn from in other poses, with the picture's width over its height.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public IEnumerable<(PoseView View, double Aspect, PictureFeatures Features)> GetViews(string path, PoseOptions poses)
    {
        double aspect = AspectOf(path);
        return poses.Remembered().Select(view => (view, aspect, Get(path, PictureRole.Reference, new Change(
            $"{view}", (input, output) => view.Make(input, preprocessor.Size, aspect, output)))));
    }

    /// <summary>What WinCLIP sees in a picture file; kept in the folder, but not in memory.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public WindowFeatures GetWindows(string path, PictureRole role)
    {
        string file = Path.Combine(folder, $"{KeyOf(path, role, change: null)}.windows.safetensors");
        if (WindowFeatureFile.TryRead(file, scales, backbone.Configuration) is { } known) return known;
        ClipConfiguration configuration = backbone.Configuration;
        float[] input = ClipPixels.Normalise(Prepare(path, role));
        var features = new WindowFeatures(
            [.. scales.Select(scale => Channels.Normalize(backbone.Windows.Encode(input, scale.Windows), configuration.EmbeddingSize))],
            Channels.Normalize(backbone.Windows.EncodePenultimate(input), configuration.Vision.Width));
        WindowFeatureFile.Write(file, features);
        return features;
    }

    private PictureFeatures Get(string path, PictureRole role, Change? change)
    {
        string key = KeyOf(path, role, change);
        if (inMemory.TryGetValue(key, out LinkedListNode<(string Key, PictureFeatures Features)>? node))
        {
            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Features;
        }
        string file = Path.Combine(folder, $"{key}.safetensors");
        PictureFeatures? features = TryRead(file);
        if (features is null) Write(file, features = Encode(path, role, change));
        Keep(key, features);
        return features;
    }

    private string KeyOf(string path, PictureRole role, Change? change)
    {
        ChannelOrder order = role == PictureRole.Reference ? ChannelOrder.Rgb : options.QueryChannels;
        string all = $"{Format}|{backbone.Hash}|{HashOf(path)}|{options.Resize}|{order}{(change is null ? "" : $"|{change.Name}")}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
    }

    private double AspectOf(string path)
    {
        using Picture picture = PictureDecoder.Decode(path, options.MaxPicturePixels, DepthOf(path));
        return (double)picture.Width / picture.Height;
    }

    private byte[] Prepare(string path, PictureRole role)
    {
        using Picture picture = PictureDecoder.Decode(path, options.MaxPicturePixels, DepthOf(path));
        byte[] input = new byte[preprocessor.Length]; // (3, size, size)
        if (role == PictureRole.Reference) preprocessor.PrepareReference(picture.Frame, input);
        else preprocessor.PrepareQuery(picture.Frame, input);
        return input;
    }

    private PictureFeatures Encode(string path, PictureRole role, Change? change)
    {
        byte[] input = Prepare(path, role);
        if (change is not null)
        {
            byte[] changed = new byte[preprocessor.Length];
            change.Make(input, changed);
            input = changed;
        }
        PictureFeatures features = backbone.OpenEncoder().Encode(input);
        return IsFinite(features)
            ? features
            : throw new PromptADException(
                Problem.Damaged, $"The backbone made values that are not numbers from '{path}'. Check it with 'promptad backbone info'.");
    }

    /// <summary>Null where there is no file, or one that is damaged and so is made again.</summary>
    private PictureFeatures? TryRead(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            int layers = backbone.Encoder.Layers.Count;
            var memory = new float[layers][];
            for (int layer = 0; layer < layers; layer++) memory[layer] = file.ReadFloats(Memory(layer));
            var features = new PictureFeatures(file.ReadFloats(Cls), file.ReadFloats(Tokens), memory);
            return HasRightSize(features) && IsFinite(features) ? features : null;
        }
        catch (PromptADException)
        {
            return null;
        }
    }

    private bool HasRightSize(PictureFeatures features)
    {
        EncoderInfo encoder = backbone.Encoder;
        return features.Cls.Length == encoder.EmbeddingSize
            && features.Tokens.Length == encoder.Patches * encoder.EmbeddingSize
            && features.Memory.Select(rows => rows.Length).SequenceEqual(encoder.Widths.Select(width => encoder.Patches * width));
    }

    private static bool IsFinite(PictureFeatures features) =>
        Array.TrueForAll(features.Cls, float.IsFinite)
        && Array.TrueForAll(features.Tokens, float.IsFinite)
        && features.Memory.All(layer => Array.TrueForAll(layer, float.IsFinite));

    private static void Write(string path, PictureFeatures features)
    {
        var values = new Dictionary<string, float[]> { [Cls] = features.Cls, [Tokens] = features.Tokens };
        for (int layer = 0; layer < features.Memory.Count; layer++) values.Add(Memory(layer), features.Memory[layer]);
        TensorFile.Write(path, values);
    }

    private void Keep(string key, PictureFeatures features)
    {
        inMemory.Add(key, byUse.AddFirst((key, features)));
        bytes += features.Bytes;
        while (bytes > budget && byUse.Count > 1)
        {
            (string oldest, PictureFeatures dropped) = byUse.Last!.Value;
            byUse.RemoveLast();
            inMemory.Remove(oldest);
            bytes -= dropped.Bytes;
        }
    }

    /// <summary>What is done to a picture before it is encoded, (3, size, size) to the same; the name tells it from all others.</summary>
    private sealed record Change(string Name, Action<byte[], byte[]> Make);

    private static string Memory(int layer) => $"memory.{layer + 1}";
}
