using System.Text;
using System.Text.Json;

namespace PromptAD.Encoders.Dino;

/// <summary>
/// The shape of a DINOv2, as the published programs give it. An instance that came from <see cref="Parse"/> has sizes that can be
/// multiplied and allocated without further thought.
/// </summary>
/// <param name="Width">The width of the residual stream (W).</param>
/// <param name="Layers">The number of transformer blocks.</param>
/// <param name="Heads">The number of attention heads; divides <paramref name="Width"/>.</param>
/// <param name="PatchSize">The side of a square patch, in pixels; divides all sizes.</param>
/// <param name="TrainedSize">The side of the pictures that the position table was made for, in pixels.</param>
/// <param name="InputWidth">The width of the input, in pixels.</param>
/// <param name="InputHeight">Its height.</param>
/// <param name="Registers">The number of register tokens, between the class token and the patches.</param>
/// <param name="Interpolation">How the position table becomes one for the input.</param>
/// <param name="FeedForward">What stands behind the attention.</param>
/// <param name="HasLayerScale">Whether what a block adds is scaled, channel by channel.</param>
/// <param name="NormEpsilon">What the normalisations add to a variance.</param>
/// <param name="Taps">Where the features of the memory bank are taken.</param>
internal sealed partial record DinoConfiguration(
    int Width,
    int Layers,
    int Heads,
    int PatchSize,
    int TrainedSize,
    int InputWidth,
    int InputHeight,
    int Registers,
    PositionInterpolation Interpolation,
    DinoFeedForward FeedForward,
    bool HasLayerScale,
    float NormEpsilon,
    DinoTaps Taps)
{
    /// <summary>The epsilon of the published models.</summary>
    public const float PublishedEpsilon = 1e-6f;

    /// <summary>The width of one attention head.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>
    /// The hidden width of the feed-forward: 4 W, or with gates two thirds of that, rounded up to a multiple of 8, and as many gates.
    /// </summary>
    public int HiddenWidth => FeedForward == DinoFeedForward.Mlp ? 4 * Width : (4 * Width * 2 / 3 + 7) / 8 * 8;

    /// <summary>The number of patches along a side of the pictures that the position table was made for.</summary>
    public int TrainedGrid => TrainedSize / PatchSize;

    /// <summary>The number of patches in a row of the input.</summary>
    public int Columns => InputWidth / PatchSize;

    /// <summary>The number of patches in a column of the input.</summary>
    public int Rows => InputHeight / PatchSize;

    /// <summary>The number of patches of the input.</summary>
    public int Patches => Columns * Rows;

    /// <summary>
    /// The side of the square that the encoder is given, in pixels: the longer of the input's. The graph makes its input of that, and
    /// brings its patches back onto a square grid.
    /// </summary>
    public int InputSize => Math.Max(InputWidth, InputHeight);

    /// <summary>The number of patches along a side of that square (G).</summary>
    public int Grid => InputSize / PatchSize;

    /// <summary>The number of tokens in front of the patches: the class token and the registers.</summary>
    public int FrontTokens => 1 + Registers;

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="source">What errors call it, such as a file's path.</param>
    /// <exception cref="PromptADException">It is no such JSON, a size is out of range, or a field is not known.</exception>
    public static DinoConfiguration Parse(string json, string source = "the backbone configuration") =>
        DinoConfigurationReader.Read(json, source);

    /// <summary>The same for pictures of another size.</summary>
    /// <param name="width">Their width in pixels: a multiple of the patch, at most 128 patches.</param>
    /// <param name="height">Their height; likewise.</param>
    /// <exception cref="PromptADException">One is not.</exception>
    public DinoConfiguration WithInputSize(int width, int height) =>
        this with { InputWidth = Allowed(width), InputHeight = Allowed(height) };

    private int Allowed(int size)
    {
        if (size >= PatchSize && size % PatchSize == 0 && size / PatchSize <= DinoConfigurationReader.MaximumGrid) return size;
        int nearest = Math.Clamp((int)Math.Round((double)size / PatchSize), 1, DinoConfigurationReader.MaximumGrid) * PatchSize;
        throw new PromptADException(
            Problem.OutOfRange,
            $"The input size is {size}; it must be a multiple of the patch of {PatchSize} pixels, from {PatchSize} to "
            + $"{PatchSize * DinoConfigurationReader.MaximumGrid}. Choose {nearest}.");
    }

    /// <inheritdoc/>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) WriteTo(writer);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", DinoConfigurationReader.Kind);
        writer.WriteNumber("width", Width);
        writer.WriteNumber("layers", Layers);
        writer.WriteNumber("heads", Heads);
        writer.WriteNumber("patch", PatchSize);
        writer.WriteNumber("trained_size", TrainedSize);
        if (InputWidth == InputHeight)
        {
            writer.WriteNumber("input_size", InputWidth);
        }
        else
        {
            writer.WriteStartArray("input_size");
            writer.WriteNumberValue(InputHeight);
            writer.WriteNumberValue(InputWidth);
            writer.WriteEndArray();
        }
        writer.WriteNumber("registers", Registers);
        writer.WriteNumber("interpolate_offset", Interpolation.Offset);
        writer.WriteBoolean("interpolate_antialias", Interpolation.Antialias);
        writer.WriteString("ffn", FeedForward == DinoFeedForward.Mlp ? DinoConfigurationReader.Mlp : DinoConfigurationReader.SwiGlu);
        writer.WriteBoolean("layer_scale", HasLayerScale);
        writer.WriteNumber("norm_epsilon", NormEpsilon);
        writer.WriteStartObject("memory_taps");
        writer.WriteStartArray("blocks");
        foreach (int block in Taps.Blocks) writer.WriteNumberValue(block);
        writer.WriteEndArray();
        writer.WriteBoolean("normed", Taps.AreNormed);
        if (Taps.Weights is { } weights)
        {
            writer.WriteStartArray("weights");
            foreach (float weight in weights) writer.WriteNumberValue(weight);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

/// <summary>What stands behind a block's attention.</summary>
internal enum DinoFeedForward
{
    /// <summary>fc2(GELU(fc1(x))), with the exact GELU.</summary>
    Mlp,

    /// <summary>w3(SiLU(gate) · value), where w12(x) gives the gate and the value.</summary>
    SwiGlu,
}
