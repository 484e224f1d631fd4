using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Files;

namespace PromptAD.Verification;

/// <summary>
/// Recomputes what references say of encoders, maps and preprocessing. Of CLIP's vision tower: pictures made by rule, encoded by a backbone
/// whose weights are made by rule and which was imported as any other.
/// </summary>
/// <param name="backbone">What <see cref="Open"/> has made; stays with the caller.</param>
public sealed class VisionReference(Backbone backbone)
{
    private const double Tolerance = 1e-4; // of a tensor's largest magnitude
    private const float ImageScale = 1.8f;

    /// <summary>Recomputes a reference that needs no text tower, of DINOv2, of maps or of preprocessing, and reports each tensor.</summary>
    /// <param name="file">The reference.</param>
    /// <param name="path">Its path; the pictures of a reference of preprocessing lie beside it.</param>
    /// <param name="report">Gets each tensor.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>false where it is none of them.</returns>
    /// <exception cref="PromptADException">A tensor or a picture cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static bool TryVerify(
        SafetensorsFile file, string path, Action<TensorCheck> report, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(report);
        bool Has(string ending) => file.Tensors.Keys.Any(name => name.EndsWith(ending, StringComparison.Ordinal));
        if (file.Tensors.ContainsKey(DinoVerification.Places)) DinoVerification.Run(file, path, report, cancellation);
        else if (Has(MapVerification.Fused)) MapVerification.Run(file, path, report);
        else if (Has(PictureVerification.Resized)) PictureVerification.Run(file, path, report);
        else return false;
        return true;
    }

    /// <summary>Makes the backbone of a reference of CLIP.</summary>
    /// <param name="configuration">Its configuration, as open_clip's JSON has it.</param>
    /// <param name="source">What errors call the reference, such as its path.</param>
    /// <param name="folder">A store for it, which the caller deletes once the backbone is disposed.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="PromptADException">The configuration is none of a plain ViT.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Backbone Open(string configuration, string source, string folder, CancellationToken cancellation = default)
    {
        var store = new BackboneStore(folder);
        store.Generate(ClipConfiguration.Parse(configuration, source), "reference", cancellation: cancellation);
        return store.Open("reference");
    }

    /// <summary>Encodes the pictures of a name.</summary>
    /// <param name="name">The name that the pictures' values follow from.</param>
    /// <param name="count">How many pictures.</param>
    public IReadOnlyList<PictureFeatures> Encode(string name, int count) => [.. Run(name, count, _ => { })];

    /// <summary>Encodes the pictures of a name, and compares what comes out with the tensors "vision.…".</summary>
    /// <param name="file">The reference.</param>
    /// <param name="name">As of <see cref="Encode"/>.</param>
    /// <param name="count">As of <see cref="Encode"/>.</param>
    /// <param name="step">Every how many patches are in the reference.</param>
    /// <param name="report">Gets each tensor.</param>
    /// <returns>The features.</returns>
    public IReadOnlyList<PictureFeatures> Check(SafetensorsFile file, string name, int count, int step, Action<TensorCheck> report)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(report);
        EncoderInfo encoder = backbone.Encoder;
        List<float> cls = [], tokens = [];
        List<float>[] memory = [.. encoder.Layers.Select(_ => new List<float>())];
        PictureFeatures[] features =
        [
            .. Run(name, count, encoded =>
            {
                cls.AddRange(encoded.Cls);
                AddEveryNth(encoded.Tokens, encoder.EmbeddingSize, step, tokens);
                foreach ((int layer, int width) in encoder.Widths.Index()) AddEveryNth(encoded.Memory(layer), width, step, memory[layer]);
            }),
        ];
        Relative("vision.cls", cls);
        Relative("vision.tokens", tokens);
        foreach ((int layer, List<float> rows) in memory.Index()) Relative($"vision.memory{layer + 1}", rows);
        return features;

        void Relative(string tensor, List<float> actual) =>
            report(TensorCheck.Relative(tensor, [.. actual], file.ReadFloats(tensor), Tolerance));
    }

    /// <summary>Encodes one picture after the other.</summary>
    private IEnumerable<PictureFeatures> Run(string name, int count, Action<ClipFeatures> look)
    {
        int length = backbone.Encoder.InputLength;
        var images = new float[count * length]; // (count, 3, size, size)
        DeterministicValues.Fill(name, images, ImageScale, 0);
        for (int i = 0; i < count; i++)
        {
            using ClipFeatures encoded = backbone.Clip.Encode(images.AsSpan(i * length, length), count: 1);
            look(encoded);
            yield return ClipEncoder.ToPicture(encoded, backbone.Encoder);
        }
    }

    /// <summary>Adds every n-th row of so many channels.</summary>
    private static void AddEveryNth(ReadOnlySpan<float> rows, int channels, int step, List<float> kept)
    {
        for (int start = 0; start < rows.Length; start += channels * step) kept.AddRange(rows.Slice(start, channels));
    }
}
