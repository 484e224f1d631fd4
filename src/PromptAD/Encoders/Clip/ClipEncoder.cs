using System.Buffers;
using System.Numerics.Tensors;
using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Clip;

/// <summary>CLIP's vision tower. Safe to use from several threads at once.</summary>
internal sealed class ClipEncoder : IPatchEncoder
{
    private readonly SharedSession session;
    private readonly string[] outputNames;

    /// <param name="folder">The backbone's folder.</param>
    /// <param name="info">What it takes and gives.</param>
    /// <param name="configuration">The backbone.</param>
    /// <param name="precision">How its weights are stored.</param>
    /// <param name="options">Threads and provider.</param>
    /// <exception cref="PromptADException">The weights are damaged, or the provider is not there.</exception>
    public ClipEncoder(
        string folder, EncoderInfo info, ClipConfiguration configuration, BackbonePrecision precision, EncoderOptions options)
    {
        Info = info;
        IEnumerable<string> memory = Enumerable.Range(0, info.Layers.Count).Select(VisionGraph.Memory);
        outputNames = [VisionGraph.Cls, VisionGraph.Tokens, .. memory];
        using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(folder, Backbone.VisionWeightsFile));
        SafetensorsLayout layout = VisionWeights.LayoutOf(configuration, precision);
        if (!weights.Has(layout))
        {
            throw new PromptADException(
                Problem.Damaged, $"The weights of '{folder}' are not those of its configuration. Remove the backbone and import it again.");
        }
        ModelProto graph = VisionGraph.Build(
            configuration, layout, Backbone.VisionWeightsFile, () => weights.ReadFloats(VisionWeights.Patch));
        session = SharedSession.Open(graph, folder, options);
    }

    /// <inheritdoc/>
    public EncoderInfo Info { get; }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        using ClipFeatures encoded = Encode(picture, count: 1, cancellation);
        Fill(features, encoded, Info);
    }

    /// <summary>What the encoder made of one picture, as other code takes it.</summary>
    /// <exception cref="PromptADException">It holds a value that is not a number.</exception>
    public static PictureFeatures ToPicture(ClipFeatures encoded, EncoderInfo info)
    {
        PictureFeatures features = PictureFeatures.Room(info);
        Fill(features, encoded, info);
        return features;
    }

    /// <summary>Encodes pictures of 8-bit levels, (count, 3, size, size).</summary>
    /// <exception cref="PromptADException">The runtime failed, such as for lack of memory.</exception>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ClipFeatures Encode(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellation = default)
    {
        float[] values = ArrayPool<float>.Shared.Rent(pixels.Length);
        TensorPrimitives.ConvertChecked(pixels, values);
        return Run(values, pixels.Length, count, cancellation);
    }

    /// <summary>Encodes normalised pictures, (count, 3, size, size), such as those of a reference.</summary>
    /// <exception cref="PromptADException">The runtime failed, such as for lack of memory.</exception>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ClipFeatures Encode(ReadOnlySpan<float> normalised, int count, CancellationToken cancellation = default)
    {
        float[] values = ArrayPool<float>.Shared.Rent(normalised.Length);
        ClipPixels.Fold.ToPixels(normalised, Info.InputSize, values);
        return Run(values, normalised.Length, count, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    /// <param name="rented">The pixel values, in a longer array, which goes back to the pool.</param>
    /// <param name="length">How many they are.</param>
    /// <param name="count">How many pictures they are.</param>
    /// <param name="cancellation">Ends the run.</param>
    private ClipFeatures Run(float[] rented, int length, int count, CancellationToken cancellation)
    {
        try
        {
            int size = Info.InputSize;
            return new ClipFeatures(
                session.Run(VisionGraph.Image, rented.AsMemory(0, length), [count, 3, size, size], outputNames, cancellation));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static void Fill(PictureFeatures features, ClipFeatures encoded, EncoderInfo info)
    {
        Channels.Normalize(encoded.Cls, info.EmbeddingSize, features.Cls);
        Channels.Normalize(encoded.Tokens, info.EmbeddingSize, features.Tokens);
        for (int layer = 0; layer < features.Memory.Count; layer++)
        {
            encoded.Memory(layer).CopyTo(features.Memory[layer]);
            Channels.CheckFinite(features.Memory[layer]);
        }
    }
}
