using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Clip;

internal sealed partial record ClipConfiguration : IEncoderConfiguration
{
    /// <summary>What a manifest calls CLIP; one that names nothing means it.</summary>
    public const string Family = "clip";

    /// <inheritdoc/>
    public string Kind => Family;

    /// <inheritdoc/>
    public bool HasTextTower => true;

    /// <inheritdoc/>
    public string Wanted => "image and text tower of a CLIP with a plain ViT, as OpenAI, open_clip or Hugging Face name them";

    /// <inheritdoc/>
    public ScoringDefaults ScoringDefaults => Scoring;

    /// <inheritdoc/>
    public PixelFold Pixels => ClipPixels.Fold;

    /// <inheritdoc/>
    public EncoderInfo Describe(string id, string hash)
    {
        IReadOnlyList<float>? weights = Vision.MemoryTaps.Weights;
        return new EncoderInfo(
            id, hash, Vision.ImageSize, Vision.PatchSize,
            [.. Vision.MemoryWidths.Select((width, i) => new LayerShape(width, Vision.PatchGrid, weights?[i]))],
            EmbeddingSize, ClipPixels.Fold.MeanLevels);
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, float[] Values)> HashedWeights(Func<string, float[]> read) =>
        ExpectedTensors().Select(tensor => (tensor.Name, read(tensor.Name)));

    /// <inheritdoc/>
    public GraphWeights ToWeights(BackbonePrecision precision, Func<string, float[]> read) => VisionWeights.Of(this, precision, read);

    /// <inheritdoc/>
    public ModelProto ToGraph(SafetensorsLayout weights, string weightsFile) => VisionGraph.Build(this, weights, weightsFile);

    /// <inheritdoc/>
    public IPatchEncoder Open(string folder, EncoderInfo info, BackbonePrecision precision, EncoderOptions options) =>
        new ClipEncoder(folder, info, this, precision, options);
}
