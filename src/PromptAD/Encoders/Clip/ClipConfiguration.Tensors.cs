using PromptAD.Files;

namespace PromptAD.Encoders.Clip;

internal sealed partial record ClipConfiguration
{
    /// <summary>
    /// The names and shapes of all tensors that an open_clip checkpoint of this configuration holds, image encoder first, in the order in
    /// which they are used. A scalar has an empty shape.
    /// </summary>
    public IReadOnlyList<(string Name, long[] Shape)> ExpectedTensors()
    {
        List<(string, long[])> tensors = [];
        AddVision(tensors);
        AddText(tensors);
        return tensors;
    }

    /// <inheritdoc/>
    public long ParameterCount => ExpectedTensors().Sum(tensor => TensorEntry.CountOf(tensor.Shape));

    private void AddVision(List<(string, long[])> tensors)
    {
        int width = Vision.Width;
        foreach ((int n, long[] kernel) in (Vision.Stem?.Kernels ?? []).Index())
        {
            tensors.Add(($"visual.stem.{n}.weight", kernel));
            tensors.Add(($"visual.stem.{n}.bias", [kernel[0]]));
        }
        foreach ((string name, long[] kernel) in Vision.Trunk?.Convolutions() ?? [])
        {
            tensors.Add(($"visual.{name}.weight", kernel));
            tensors.Add(($"visual.{name}.bias", [kernel[0]]));
        }
        tensors.Add(("visual.conv1.weight", Vision.PatchKernel));
        tensors.Add(("visual.class_embedding", [width]));
        tensors.Add(("visual.positional_embedding", [1 + Vision.Patches, width]));
        AddLayerNorm(tensors, "visual.ln_pre", width);
        AddBlocks(tensors, "visual.transformer", Vision.Layers, width, Vision.MlpWidth);
        AddLayerNorm(tensors, "visual.ln_post", width);
        tensors.Add(("visual.proj", [width, EmbeddingSize]));
    }

    private void AddText(List<(string, long[])> tensors)
    {
        int width = Text.Width;
        tensors.Add(("token_embedding.weight", [Text.VocabularySize, width]));
        tensors.Add(("positional_embedding", [Text.ContextLength, width]));
        AddBlocks(tensors, "transformer", Text.Layers, width, Text.MlpWidth);
        AddLayerNorm(tensors, "ln_final", width);
        tensors.Add(("text_projection", [width, EmbeddingSize]));
        tensors.Add(("logit_scale", []));
    }

    private static void AddBlocks(List<(string, long[])> tensors, string transformer, int layers, int width, int mlpWidth)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            string block = $"{transformer}.resblocks.{layer}";
            AddLayerNorm(tensors, $"{block}.ln_1", width);
            tensors.Add(($"{block}.attn.in_proj_weight", [3 * width, width]));
            tensors.Add(($"{block}.attn.in_proj_bias", [3 * width]));
            AddLinear(tensors, $"{block}.attn.out_proj", width, width);
            AddLayerNorm(tensors, $"{block}.ln_2", width);
            AddLinear(tensors, $"{block}.mlp.c_fc", mlpWidth, width);
            AddLinear(tensors, $"{block}.mlp.c_proj", width, mlpWidth);
        }
    }

    private static void AddLayerNorm(List<(string, long[])> tensors, string name, int width)
    {
        tensors.Add(($"{name}.weight", [width]));
        tensors.Add(($"{name}.bias", [width]));
    }

    private static void AddLinear(List<(string, long[])> tensors, string name, int outputs, int inputs)
    {
        tensors.Add(($"{name}.weight", [outputs, inputs]));
        tensors.Add(($"{name}.bias", [outputs]));
    }
}
