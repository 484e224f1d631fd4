using System.Runtime.InteropServices;
using PromptAD.Checkpoints;
using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Tests.Checkpoints;

namespace PromptAD.Tests.Store;

/// <summary>The same weights under the names of other programs are the same backbone.</summary>
public sealed class ForeignNamesTests : StoreTest
{
    private static readonly (string OpenClip, string HuggingFace)[] Names =
    [
        ("visual.class_embedding", "vision_model.embeddings.class_embedding"),
        ("visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"),
        ("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
        ("visual.ln_pre.", "vision_model.pre_layrnorm."),
        ("visual.ln_post.", "vision_model.post_layernorm."),
        ("visual.proj", "visual_projection.weight"),
        ("visual.transformer.resblocks.", "vision_model.encoder.layers."),
        ("transformer.resblocks.", "text_model.encoder.layers."),
        ("token_embedding.weight", "text_model.embeddings.token_embedding.weight"),
        ("positional_embedding", "text_model.embeddings.position_embedding.weight"),
        ("ln_final.", "text_model.final_layer_norm."),
        ("text_projection", "text_projection.weight"),
        (".ln_1.", ".layer_norm1."),
        (".ln_2.", ".layer_norm2."),
        (".attn.out_proj.", ".self_attn.out_proj."),
        (".mlp.c_fc.", ".mlp.fc1."),
        (".mlp.c_proj.", ".mlp.fc2."),
    ];

    private sealed record Stored(string Name, long[] Shape, float[] Values);

    [Theory]
    [InlineData("")]
    [InlineData("clip.")]
    [InlineData("module._orig_mod.")]
    public void Hugging_Faces_CLIP_is_the_same_backbone_bit_by_bit(string prefix)
    {
        BackboneInfo expected = Store.Import(WriteCheckpoint(), ConfigurationFile, new BackboneImportOptions { Id = "openai" });
        Stored[] stored = [.. Weights().SelectMany(ToHuggingFace).Select(tensor => tensor with { Name = prefix + tensor.Name })];
        Assert.DoesNotContain(stored, tensor => tensor.Name.Contains("resblocks", StringComparison.Ordinal));
        foreach (string file in (string[])[WriteSafetensors(stored), WritePickle(stored)])
        {
            var options = new BackboneImportOptions { Id = "hf", Overwrite = true };
            AssertSame(expected, Store.Import(file, ConfigurationFile, options));
        }
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("model.")]
    [InlineData("clip.")]
    [InlineData("module._orig_mod.")]
    [InlineData("_orig_mod.module.model.clip.")]
    [InlineData("_forward_module.model.")]
    public void Wrappers_are_taken_off(string prefix)
    {
        BackboneInfo expected = Generate("generated");
        Stored[] stored = [.. Weights().Select(tensor => tensor with { Name = prefix + tensor.Name })];
        AssertSame(expected, Store.Import(WriteSafetensors(stored), ConfigurationFile));
    }

    [Fact]
    public void Wrappers_around_single_parts_are_taken_off()
    {
        BackboneInfo expected = Generate("generated");
        Stored[] stored =
        [
            .. Weights().Select(tensor => tensor with
            {
                Name = tensor.Name.Replace("visual.", "visual._orig_mod.", StringComparison.Ordinal)
                    .Replace("resblocks.0.", "resblocks.0._checkpoint_wrapped_module.", StringComparison.Ordinal),
            }),
        ];
        AssertSame(expected, Store.Import(WriteSafetensors(stored), ConfigurationFile));
    }

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    public void A_text_tower_of_its_own_is_open_clips(string prefix)
    {
        BackboneInfo expected = Generate("generated");
        Stored[] stored =
        [
            .. Weights().Select(tensor => tensor with { Name = prefix + (IsOfText(tensor) ? "text." : "") + tensor.Name }),
            new(prefix + "text.attn_mask", [24, 24], new float[24 * 24]),
        ];
        AssertSame(expected, Store.Import(WriteSafetensors(stored), ConfigurationFile));
    }

    [Fact]
    public void The_counter_of_an_averaged_model_is_passed_over()
    {
        BackboneInfo expected = Generate("generated");
        Stored[] stored = [new("n_averaged", [], [7]), .. Weights().Select(tensor => tensor with { Name = $"module.{tensor.Name}" })];
        AssertSame(expected, Store.Import(WriteSafetensors(stored), ConfigurationFile));
    }

    [Fact]
    public void Names_that_would_become_one_stay_as_they_are()
    {
        Stored[] stored = [.. Weights(), new("_orig_mod.logit_scale", [], [7])];
        string path = WriteSafetensors(stored);
        PromptADException error = Refused(() => Store.Import(path, ConfigurationFile));
        Assert.Equal(["_orig_mod.logit_scale is not part of the configuration"], error.Details);
    }

    [Fact]
    public void A_matrix_that_is_missing_or_does_not_fit_is_not_made_up()
    {
        const string Layer = "vision_model.encoder.layers.2.self_attn.";
        Stored[] stored = [.. Weights().SelectMany(ToHuggingFace).Where(tensor => tensor.Name != Layer + "k_proj.weight")];
        string path = WriteSafetensors(stored);
        IReadOnlyList<string> details = Refused(() => Store.Import(path, ConfigurationFile)).Details;
        Assert.Equal(
            [
                "visual.transformer.resblocks.2.attn.in_proj_weight is missing",
                $"{Layer}q_proj.weight is not part of the configuration",
                $"{Layer}v_proj.weight is not part of the configuration",
            ],
            details);

        path = WriteSafetensors([.. stored, new(Layer + "k_proj.weight", [24, 23], new float[24 * 23])]);
        details = Refused(() => Store.Import(path, ConfigurationFile)).Details;
        Assert.Contains("visual.transformer.resblocks.2.attn.in_proj_weight is missing", details);
    }

    private static IEnumerable<Stored> Weights()
    {
        using var rule = new DeterministicCheckpoint(TinyModels.Configuration);
        foreach (TensorEntry entry in rule.Tensors.Values)
        {
            var values = new float[entry.Count];
            rule.Read(entry.Name, values);
            yield return new Stored(entry.Name, entry.Shape, values);
        }
    }

    private static IEnumerable<Stored> ToHuggingFace(Stored tensor)
    {
        string name = tensor.Name;
        foreach ((string openClip, string huggingFace) in Names)
        {
            if (openClip[0] == '.') name = name.Replace(openClip, huggingFace, StringComparison.Ordinal);
            else if (name.StartsWith(openClip, StringComparison.Ordinal)) name = huggingFace + name[openClip.Length..];
        }
        if (tensor.Name is "visual.proj" or "text_projection") return [new(name, [tensor.Shape[1], tensor.Shape[0]], Turned(tensor))];
        if (tensor.Name == "token_embedding.weight") return [tensor with { Name = name }, PositionIds("text"), PositionIds("vision")];
        if (!name.Contains(".attn.in_proj_", StringComparison.Ordinal)) return [tensor with { Name = name }];
        int third = tensor.Values.Length / 3;
        return "qkv".Select((matrix, i) => new Stored(
            name.Replace(".attn.in_proj_", $".self_attn.{matrix}_proj.", StringComparison.Ordinal),
            [tensor.Shape[0] / 3, .. tensor.Shape[1..]],
            tensor.Values[(i * third)..((i + 1) * third)]));
    }

    private static bool IsOfText(Stored tensor) =>
        !tensor.Name.StartsWith("visual.", StringComparison.Ordinal) && tensor.Name != "logit_scale";

    private static Stored PositionIds(string tower) => new($"{tower}_model.embeddings.position_ids", [1, 24], new float[24]);

    private static float[] Turned(Stored tensor)
    {
        (int rows, int columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        return [.. Enumerable.Range(0, rows * columns).Select(i => tensor.Values[i % rows * columns + i / rows])];
    }

    private string WriteSafetensors(Stored[] stored)
    {
        Dictionary<string, Stored> byName = stored.ToDictionary(tensor => tensor.Name);
        TensorEntry[] entries = [.. stored.Select(tensor => new TensorEntry(tensor.Name, ElementType.Float32, tensor.Shape))];
        string path = InFolder("foreign.safetensors");
        AtomicFile.Write(path, stream => new SafetensorsLayout(entries).Write(stream, entry => byName[entry.Name].Values));
        return path;
    }

    private string WritePickle(Stored[] stored)
    {
        PickleWriter pickle = new PickleWriter().Op('}').Text("state_dict").Op('}');
        foreach ((int i, Stored tensor) in stored.Index())
        {
            long[] strides = [.. tensor.Shape.Select((_, d) => TensorEntry.CountOf(tensor.Shape[(d + 1)..]))];
            pickle.Text(tensor.Name).Tensor("FloatStorage", $"{i}", tensor.Values.Length, 0, tensor.Shape, strides).Op('s');
        }
        string path = InFolder("foreign.pt");
        File.WriteAllBytes(path, TorchFiles.Write(
            TorchFiles.Zip,
            pickle.Op('s').ToArray(),
            [.. stored.Select((tensor, i) => ($"{i}", MemoryMarshal.AsBytes<float>(tensor.Values).ToArray(), sizeof(float)))]));
        return path;
    }

    private void AssertSame(BackboneInfo expected, BackboneInfo actual)
    {
        Assert.Equal(expected.Hash, actual.Hash);
        Assert.Equal(TextWeights(expected), TextWeights(actual));
        Assert.Equal(Features(expected.Id), Features(actual.Id));
    }

    private static byte[] TextWeights(BackboneInfo info) => File.ReadAllBytes(Path.Combine(info.Folder, "text.safetensors"));

    private float[] Features(string id)
    {
        using Backbone backbone = Store.Open(id);
        VisionConfiguration vision = TinyModels.Configuration.Vision;
        var image = new float[3 * vision.ImageSize * vision.ImageSize];
        DeterministicValues.Fill("image", image, 1.8f, 0);
        using ClipFeatures features = backbone.Clip.Encode(image, 1);
        return [.. features.Cls, .. features.Tokens, .. features.Memory(0), .. features.Memory(1)];
    }
}
