using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Dino;

internal sealed partial record DinoConfiguration : IEncoderConfiguration
{
    /// <summary>What a manifest calls DINOv2.</summary>
    public const string Family = "dino";

    /// <inheritdoc/>
    public string Kind => Family;

    /// <inheritdoc/>
    public bool HasTextTower => false;

    /// <inheritdoc/>
    public string Wanted => "a DINOv2, as Meta, timm or Hugging Face name it";

    /// <summary>Its memory alone, as it is: there are no words, and no class token that they could be compared with.</summary>
    public ScoringDefaults ScoringDefaults => ScoringDefaults.Published with { ClassToken = false, TextWeight = 0 };

    /// <inheritdoc/>
    public long ParameterCount => ExpectedTensors().Sum(tensor => TensorEntry.CountOf(tensor.Shape));

    /// <inheritdoc/>
    public PixelFold Pixels => DinoPixels.Fold;

    /// <inheritdoc/>
    public EncoderInfo Describe(string id, string hash) => new(
        id, hash, InputSize, PatchSize,
        [.. Taps.Blocks.Select((_, i) => new LayerShape(Width, new PatchGrid(Grid), Taps.Weights?[i]))],
        EmbeddingSize: 0, DinoPixels.Fold.MeanLevels);

    /// <summary>
    /// The names and shapes of the weights under Meta's names. The mask token, which training alone reads, is not among them.
    /// </summary>
    public IReadOnlyList<(string Name, long[] Shape)> ExpectedTensors()
    {
        List<(string, long[])> tensors =
        [
            (DinoTensors.Class, [1, 1, Width]),
            (DinoTensors.Position, [1, 1 + (TrainedGrid * TrainedGrid), Width]),
        ];
        if (Registers > 0) tensors.Add((DinoTensors.Registers, [1, Registers, Width]));
        tensors.Add(($"{DinoTensors.Patch}.weight", [Width, 3, PatchSize, PatchSize]));
        tensors.Add(($"{DinoTensors.Patch}.bias", [Width]));
        for (int layer = 0; layer < Layers; layer++) AddBlock(tensors, $"blocks.{layer}.");
        AddNorm(tensors, "norm");
        return tensors;
    }

    /// <summary>
    /// All expected tensors, but with the class token's place added to the token: that sum is all that features depend on, and all that
    /// some programs store.
    /// </summary>
    /// <param name="read">Reads an expected tensor.</param>
    public IEnumerable<(string Name, float[] Values)> HashedWeights(Func<string, float[]> read)
    {
        float[] position = read(DinoTensors.Position);
        yield return (DinoTensors.Class, DinoTensors.PlacedClass(read(DinoTensors.Class), position));
        yield return (DinoTensors.Position, position[Width..]);
        foreach ((string name, _) in ExpectedTensors())
        {
            if (name is not (DinoTensors.Class or DinoTensors.Position)) yield return (name, read(name));
        }
    }

    /// <inheritdoc/>
    public GraphWeights ToWeights(BackbonePrecision precision, Func<string, float[]> read) => DinoWeights.Of(this, precision, read);

    /// <inheritdoc/>
    public ModelProto ToGraph(SafetensorsLayout weights, string weightsFile) => DinoGraph.Build(this, weights, weightsFile);

    /// <inheritdoc/>
    public IPatchEncoder Open(string folder, EncoderInfo info, BackbonePrecision precision, EncoderOptions options) =>
        new DinoEncoder(folder, info, this, precision, options);

    private void AddBlock(List<(string, long[])> tensors, string block)
    {
        AddNorm(tensors, $"{block}norm1");
        AddLinear(tensors, $"{block}attn.qkv", 3 * Width, Width);
        AddLinear(tensors, $"{block}attn.proj", Width, Width);
        if (HasLayerScale) tensors.Add(($"{block}ls1.gamma", [Width]));
        AddNorm(tensors, $"{block}norm2");
        if (FeedForward == DinoFeedForward.Mlp)
        {
            AddLinear(tensors, $"{block}mlp.fc1", HiddenWidth, Width);
            AddLinear(tensors, $"{block}mlp.fc2", Width, HiddenWidth);
        }
        else
        {
            AddLinear(tensors, $"{block}mlp.w12", 2 * HiddenWidth, Width);
            AddLinear(tensors, $"{block}mlp.w3", Width, HiddenWidth);
        }
        if (HasLayerScale) tensors.Add(($"{block}ls2.gamma", [Width]));
    }

    private void AddNorm(List<(string, long[])> tensors, string name)
    {
        tensors.Add(($"{name}.weight", [Width]));
        tensors.Add(($"{name}.bias", [Width]));
    }

    private static void AddLinear(List<(string, long[])> tensors, string name, int outputs, int inputs)
    {
        tensors.Add(($"{name}.weight", [outputs, inputs]));
        tensors.Add(($"{name}.bias", [outputs]));
    }
}
