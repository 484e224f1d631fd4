namespace PromptAD.Encoders.Trunk;

/// <summary>A convolutional network whose feature maps are read at some of its layers, as an ONNX model without other files.</summary>
/// <param name="Id">What the encoder is called.</param>
/// <param name="Hash">SHA-256 over all that its features depend on, in hexadecimal.</param>
/// <param name="InputSize">The side of the square that it reads, in pixels.</param>
/// <param name="Input">The name of its input, (1, 3, size, size).</param>
/// <param name="Scaling">What it expects pixels to be.</param>
/// <param name="Layers">What is read, the first layer first.</param>
internal sealed record TrunkModel(
    string Id, string Hash, int InputSize, string Input, PixelScaling Scaling, IReadOnlyList<TrunkLayer> Layers)
{
    /// <summary>What an encoder with this model takes and gives.</summary>
    public EncoderInfo Describe()
    {
        int finest = Layers.Max(layer => layer.Shape.Grid.Side);
        return new EncoderInfo(
            Id, Hash, InputSize, InputSize / finest, [.. Layers.Select(layer => layer.Shape)], EmbeddingSize: 0, Scaling.MiddleLevels);
    }
}

/// <summary>A layer that is read.</summary>
/// <param name="Output">The name of its output, (1, width, side, side).</param>
/// <param name="Shape">Its width, grid and weight.</param>
internal sealed record TrunkLayer(string Output, LayerShape Shape);

/// <summary>How 8-bit levels become input: minus the channel's mean, over its deviation.</summary>
/// <param name="Means">Of red, green and blue, in levels.</param>
/// <param name="Deviations">Of red, green and blue, in levels.</param>
/// <param name="IsBlueFirst">Whether blue is the first plane of the input and red the last.</param>
internal sealed record PixelScaling(IReadOnlyList<float> Means, IReadOnlyList<float> Deviations, bool IsBlueFirst = false)
{
    /// <summary>The level next to each channel's mean.</summary>
    public IReadOnlyList<byte> MiddleLevels => [.. Means.Select(mean => (byte)Math.Clamp(MathF.Round(mean), 0, byte.MaxValue))];

    /// <summary>Scales 8-bit planes of red, green and blue, (3, size, size).</summary>
    public void Apply(ReadOnlySpan<byte> planes, Span<float> values)
    {
        int plane = planes.Length / 3;
        for (int channel = 0; channel < 3; channel++)
        {
            float mean = Means[channel], deviation = Deviations[channel];
            ReadOnlySpan<byte> from = planes.Slice(channel * plane, plane);
            Span<float> to = values.Slice((IsBlueFirst ? 2 - channel : channel) * plane, plane);
            for (int i = 0; i < plane; i++) to[i] = (from[i] - mean) / deviation;
        }
    }
}
