using System.Security.Cryptography;
using PromptAD.Encoders;
using PromptAD.Files;
using PromptAD.Imaging;
using PromptAD.Memory;

namespace PromptAD.Evaluation.Features;

/// <summary>
/// Features of pictures, encoded once and shared by all shots, seeds and methods. They lie in a folder: of pictures to be judged, one file
/// for each backbone, picture content and way of preprocessing; of good pictures and all that is made of them, one for each backbone and
/// input of the encoder. A picture's file is opened when its features are asked for, never before.
/// </summary>
internal sealed class FeatureCache(Backbone backbone, string folder, PreprocessingOptions options, long budget = FeatureCache.DefaultBudget)
{
    private const long DefaultBudget = 512L << 20;
    private static readonly byte[] Jpeg = [0xFF, 0xD8];

    private readonly Preprocessor preprocessor = new(backbone.Encoder.InputSize, options);
    private readonly IReadOnlyList<WindowGrid> scales = WindowGrid.All(backbone.Encoder.Grid.Side);
    private readonly Dictionary<string, string> hashes = [];
    private readonly Dictionary<string, int> knownBits = [];
    private readonly HashSet<string> unended = [];
    private readonly FeatureStore store = new(backbone.Encoder, folder, budget);

    /// <summary>Encodes what is made of good pictures, each input once for all runs.</summary>
    public IPatchEncoder Encoder => new StoringEncoder(backbone.DeferredEncoder, store);

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

    /// <summary>The features of a picture file to be judged, from memory, from the folder or from the encoder.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public PictureFeatures Get(string path)
    {
        string key = KeyOf(path, PictureRole.Query);
        if (store.Find(key) is { } known) return known;
        PictureFeatures features = backbone.OpenEncoder().Encode(Prepare(path, PictureRole.Query));
        store.Add(key, features);
        return features;
    }

    /// <summary>A picture file of a good part, as <see cref="Encoder"/> takes it.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public GoodPicture ReadGood(string path, CancellationToken cancellation = default)
    {
        using Picture picture = PictureDecoder.Decode(path, options.MaxPicturePixels, DepthOf(path), cancellation);
        return GoodPicture.Of(picture.Frame, tiles: null, preprocessor, cancellation);
    }

    /// <summary>What WinCLIP sees in a picture file; kept in the folder, but not in memory.</summary>
    /// <exception cref="PromptADException">The file is no picture that can be read.</exception>
    public WindowFeatures GetWindows(string path, PictureRole role)
    {
        string file = Path.Combine(folder, $"{KeyOf(path, role)}.windows.safetensors");
        if (WindowFeatureFile.TryRead(file, scales, backbone.Encoder) is { } known) return known;
        byte[] input = Prepare(path, role);
        var features = new WindowFeatures(
            [.. scales.Select(scale => Channels.Normalize(backbone.Windows.Encode(input, scale.Windows), backbone.Encoder.EmbeddingSize))],
            Channels.Normalize(backbone.Windows.EncodePenultimate(input), backbone.Encoder.Widths[0]));
        WindowFeatureFile.Write(file, features);
        return features;
    }

    private string KeyOf(string path, PictureRole role)
    {
        ChannelOrder order = role == PictureRole.Reference ? ChannelOrder.Rgb : options.QueryChannels;
        return store.KeyOf($"{HashOf(path)}|{options.Resize}|{order}");
    }

    private byte[] Prepare(string path, PictureRole role)
    {
        using Picture picture = PictureDecoder.Decode(path, options.MaxPicturePixels, DepthOf(path));
        byte[] input = new byte[preprocessor.Length]; // (3, size, size)
        if (role == PictureRole.Reference) preprocessor.PrepareReference(picture.Frame, input);
        else preprocessor.PrepareQuery(picture.Frame, input);
        return input;
    }
}
