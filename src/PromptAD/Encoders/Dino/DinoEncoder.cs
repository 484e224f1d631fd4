using System.Buffers;
using System.Numerics.Tensors;
using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Dino;

/// <summary>DINOv2, which knows no words. Safe to use from several threads at once.</summary>
internal sealed class DinoEncoder : IPatchEncoder
{
    private readonly SharedSession session;
    private readonly string[] outputs;

    /// <param name="folder">The backbone's folder.</param>
    /// <param name="info">What it takes and gives.</param>
    /// <param name="configuration">The backbone.</param>
    /// <param name="precision">How its weights are stored.</param>
    /// <param name="options">Threads and provider.</param>
    /// <exception cref="PromptADException">The weights are damaged, or the provider is not there.</exception>
    public DinoEncoder(
        string folder, EncoderInfo info, DinoConfiguration configuration, BackbonePrecision precision, EncoderOptions options)
    {
        Info = info;
        outputs = [.. Enumerable.Range(0, info.Layers.Count).Select(DinoGraph.Memory)];
        using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(folder, Backbone.VisionWeightsFile));
        SafetensorsLayout layout = DinoWeights.LayoutOf(configuration, precision);
        if (!weights.Has(layout))
        {
            throw new PromptADException(
                Problem.Damaged, $"The weights of '{folder}' are not those of its configuration. Remove the backbone and import it again.");
        }
        ModelProto graph = DinoGraph.Build(configuration, layout, Backbone.VisionWeightsFile, weights.ReadFloats);
        session = SharedSession.Open(graph, folder, options);
    }

    /// <inheritdoc/>
    public EncoderInfo Info { get; }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        float[] values = ArrayPool<float>.Shared.Rent(picture.Length);
        try
        {
            TensorPrimitives.ConvertChecked(picture, values);
            int size = Info.InputSize;
            using SessionOutputs layers = session.Run(
                DinoGraph.Image, values.AsMemory(0, picture.Length), [1, 3, size, size], outputs, cancellation);
            for (int layer = 0; layer < outputs.Length; layer++)
            {
                layers[layer].CopyTo(features.Memory[layer]);
                Channels.CheckFinite(features.Memory[layer]);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
