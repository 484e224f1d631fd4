using System.Buffers;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Trunk;

/// <summary>
/// Reads a convolutional network at some of its layers, which are as wide and as fine as they are; coarser ones are brought onto the finest
/// one's grid. Knows no words. Safe to use from several threads at once.
/// </summary>
internal sealed class TrunkEncoder : IPatchEncoder
{
    private readonly TrunkModel model;
    private readonly string[] outputs;
    private readonly SharedSession session;

    /// <param name="onnx">The network as an ONNX model.</param>
    /// <param name="model">What is read of it.</param>
    /// <exception cref="PromptADException">ONNX Runtime's native library is missing.</exception>
    public TrunkEncoder(byte[] onnx, TrunkModel model)
    {
        this.model = model;
        Info = model.Describe();
        outputs = [.. model.Layers.Select(layer => layer.Output)];
        session = new SharedSession(EncoderSession.Open(onnx));
    }

    /// <inheritdoc/>
    public EncoderInfo Info { get; }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        float[] values = ArrayPool<float>.Shared.Rent(picture.Length);
        try
        {
            model.Scaling.Apply(picture, values);
            int size = Info.InputSize;
            using SessionOutputs maps =
                session.Run(model.Input, values.AsMemory(0, picture.Length), [1, 3, size, size], outputs, cancellation);
            for (int layer = 0; layer < outputs.Length; layer++) Fill(features.Memory[layer], maps[layer], Info.Layers[layer]);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    /// <param name="rows">Receives (patches, width) on the encoder's grid.</param>
    /// <param name="map">(width, side, side).</param>
    /// <param name="shape">The layer.</param>
    private void Fill(float[] rows, ReadOnlySpan<float> map, LayerShape shape)
    {
        int patches = shape.Grid.Side * shape.Grid.Side;
        if (map.Length != patches * shape.Width)
        {
            throw new PromptADException(
                Problem.Mismatch,
                $"Encoder '{Info.Id}' made {map.Length} values where {shape.Width} channels of {patches} patches were expected; its model "
                + "is not the one that is described.");
        }
        var own = new float[map.Length]; // (patches, width)
        for (int channel = 0; channel < shape.Width; channel++)
            for (int patch = 0; patch < patches; patch++) own[(patch * shape.Width) + channel] = map[(channel * patches) + patch];
        Channels.CheckFinite(own);
        GridAlignment.Align(own, shape.Grid, Info.Grid, rows);
    }
}
