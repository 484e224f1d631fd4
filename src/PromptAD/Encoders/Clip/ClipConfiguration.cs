using System.Text;
using System.Text.Json;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// The shape of a CLIP model with a plain vision transformer, as open_clip's JSON gives it (<c>embed_dim</c>, <c>vision_cfg</c>,
/// <c>text_cfg</c>, <c>quick_gelu</c>), plus fields of ours, <c>vision_cfg.memory_taps</c>, <c>vision_cfg.stem</c>,
/// <c>vision_cfg.trunk</c> and <c>reading</c>.
/// An instance that came from <see cref="Parse"/> has sizes that can be multiplied and allocated without further thought.
/// </summary>
/// <param name="EmbeddingSize">The width that images and texts share (E).</param>
/// <param name="Vision">The image encoder.</param>
/// <param name="Text">The text encoder.</param>
/// <param name="QuickGelu">True for x·sigmoid(1.702x) in both encoders, false for the exact GELU.</param>
/// <param name="Scoring">How its features are read best.</param>
internal sealed partial record ClipConfiguration(
    int EmbeddingSize, VisionConfiguration Vision, TextConfiguration Text, bool QuickGelu, ScoringDefaults Scoring)
{
    /// <summary>Reads open_clip's JSON: the bare configuration, or an <c>open_clip_config.json</c> with it in <c>model_cfg</c>.</summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="source">What errors call it, such as a file's path.</param>
    /// <exception cref="PromptADException">It is no such JSON, a size is out of range, or it asks for more than a plain ViT.</exception>
    public static ClipConfiguration Parse(string json, string source = "the backbone configuration") =>
        ClipConfigurationReader.Read(json, source);

    /// <summary>The canonical text: every field, defaults included, in one order. <see cref="Parse"/> gives an equal one.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) WriteTo(writer);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Writes <see cref="ToJson"/> as a value of a larger document.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("embed_dim", EmbeddingSize);
        writer.WriteBoolean("quick_gelu", QuickGelu);
        writer.WriteStartObject("vision_cfg");
        writer.WriteNumber("image_size", Vision.ImageSize);
        writer.WriteNumber("patch_size", Vision.PatchSize);
        writer.WriteNumber("width", Vision.Width);
        writer.WriteNumber("head_width", Vision.HeadWidth);
        writer.WriteNumber("layers", Vision.Layers);
        writer.WriteNumber("mlp_ratio", Vision.MlpRatio);
        writer.WriteStartObject("memory_taps");
        writer.WriteStartArray("blocks");
        foreach (int block in Vision.MemoryTaps.Blocks) writer.WriteNumberValue(block);
        writer.WriteEndArray();
        writer.WriteString("point", Vision.MemoryTaps.Point == MemoryTapPoint.Attention ? "attention" : "block");
        if (Vision.MemoryTaps.Weights is { } weights)
        {
            writer.WriteStartArray("weights");
            foreach (float weight in weights) writer.WriteNumberValue(weight);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        if (Vision.Stem is { } stem)
        {
            writer.WriteStartObject("stem");
            writer.WriteStartArray("channels");
            foreach (int channels in stem.Channels) writer.WriteNumberValue(channels);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        if (Vision.Trunk is { } trunk)
        {
            writer.WriteStartObject("trunk");
            writer.WriteStartArray("channels");
            foreach (int channels in trunk.Channels) writer.WriteNumberValue(channels);
            writer.WriteEndArray();
            writer.WriteNumber("blocks", trunk.Blocks);
            writer.WriteStartArray("stages");
            foreach (int stage in trunk.Stages) writer.WriteNumberValue(stage);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteStartObject("text_cfg");
        writer.WriteNumber("context_length", Text.ContextLength);
        writer.WriteNumber("vocab_size", Text.VocabularySize);
        writer.WriteNumber("width", Text.Width);
        writer.WriteNumber("heads", Text.Heads);
        writer.WriteNumber("layers", Text.Layers);
        writer.WriteNumber("mlp_ratio", Text.MlpRatio);
        writer.WriteEndObject();
        if (Scoring != ScoringDefaults.Published)
        {
            writer.WriteStartObject("reading");
            writer.WriteBoolean("class_token", Scoring.ClassToken);
            writer.WriteNumber("text_weight", Scoring.TextWeight);
            writer.WriteBoolean("whiten_memory", Scoring.WhitenMemory);
            writer.WriteNumber("memory_shifts", Scoring.MemoryShifts);
            if (Scoring.WordTrust != ScoringDefaults.Published.WordTrust) writer.WriteNumber("word_trust", Scoring.WordTrust);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}

/// <summary>The image encoder's sizes.</summary>
/// <param name="ImageSize">The side of the square input, in pixels.</param>
/// <param name="PatchSize">The side of a square patch, in pixels; divides <paramref name="ImageSize"/>.</param>
/// <param name="Width">The width of the residual streams (W).</param>
/// <param name="HeadWidth">The width of one attention head; divides <paramref name="Width"/>.</param>
/// <param name="Layers">The number of transformer blocks.</param>
/// <param name="MlpRatio">The hidden width of a block's MLP over <paramref name="Width"/>.</param>
/// <param name="MemoryTaps">Where the features of the memory bank are taken (Q1).</param>
/// <param name="Stem">The convolutions that make patches; null for CLIP's single one.</param>
/// <param name="Trunk">The residual network that makes patches; null for none. Not beside a stem.</param>
internal sealed record VisionConfiguration(
    int ImageSize,
    int PatchSize,
    int Width,
    int HeadWidth,
    int Layers,
    double MlpRatio,
    MemoryTaps MemoryTaps,
    ConvolutionalStem? Stem = null,
    ResidualTrunk? Trunk = null)
{
    /// <summary>The number of attention heads.</summary>
    public int Heads => Width / HeadWidth;

    /// <summary>The hidden width of a block's MLP, rounded down as open_clip does.</summary>
    public int MlpWidth => (int)(Width * MlpRatio);

    /// <summary>The number of patches along a side (G).</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>
    /// Where the patches lie. Each convolution of a stem has its middle on an even pixel of what it reads, not between two, so a patch's
    /// middle is the first pixel of its square. A trunk's kernels have learned to look about the middles of the squares all the same.
    /// </summary>
    public PatchGrid PatchGrid => new(Grid, Stem is null ? 0 : -(PatchSize - 1) / (2.0 * PatchSize));

    /// <summary>The number of patches, G·G.</summary>
    public int Patches => Grid * Grid;

    /// <summary>The shape of <c>conv1</c>, which makes the patches: of the picture, or of what stem or trunk made of it.</summary>
    public long[] PatchKernel => Trunk is { } trunk ? [Width, trunk.Widths.Sum(), 1, 1]
        : Stem is { } stem ? [Width, stem.Channels[^1], 1, 1]
        : [Width, 3, PatchSize, PatchSize];

    /// <summary>The width of each layer of the memory: of the trunk's stages, then of the blocks.</summary>
    public IReadOnlyList<int> MemoryWidths => [.. Trunk?.Widths ?? [], .. MemoryTaps.Blocks.Select(_ => Width)];
}

/// <summary>The text encoder's sizes.</summary>
/// <param name="ContextLength">The number of tokens a text is padded or cut to.</param>
/// <param name="VocabularySize">The number of token ids.</param>
/// <param name="Width">The width of the residual stream.</param>
/// <param name="Heads">The number of attention heads; divides <paramref name="Width"/>.</param>
/// <param name="Layers">The number of transformer blocks.</param>
/// <param name="MlpRatio">The hidden width of a block's MLP over <paramref name="Width"/>.</param>
internal sealed record TextConfiguration(int ContextLength, int VocabularySize, int Width, int Heads, int Layers, double MlpRatio)
{
    /// <summary>The hidden width of a block's MLP, rounded down as open_clip does.</summary>
    public int MlpWidth => (int)(Width * MlpRatio);
}
