using System.Runtime.InteropServices;
using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Encoders.Dino;
using PromptAD.Files;
using PromptAD.Tests.Checkpoints;

namespace PromptAD.Tests.Store;

/// <summary>A DINOv2 in the store: the same backbone, whichever program named its weights.</summary>
public sealed class DinoImportTests : StoreTest
{
    private const string Plain = """
        {"kind": "dinov2", "width": 128, "layers": 2, "heads": 2, "patch": 4, "trained_size": 12, "input_size": 16}
        """;

    private const string Registers = """
        {"kind": "dinov2", "width": 128, "layers": 2, "heads": 2, "patch": 4, "trained_size": 12, "registers": 3}
        """;

    private const string Gated = """
        {"kind": "dinov2", "width": 128, "layers": 2, "heads": 2, "patch": 4, "trained_size": 12, "registers": 3, "ffn": "swiglufused"}
        """;

    private static readonly (string Meta, string HuggingFace)[] HuggingFaceNames =
    [
        ("cls_token", "embeddings.cls_token"), ("pos_embed", "embeddings.position_embeddings"), ("mask_token", "embeddings.mask_token"),
        ("register_tokens", "embeddings.register_tokens"), ("patch_embed.proj", "embeddings.patch_embeddings.projection"),
        ("norm.", "layernorm."), ("blocks.", "encoder.layer."), (".attn.proj.", ".attention.output.dense."),
        (".ls1.gamma", ".layer_scale1.lambda1"), (".ls2.gamma", ".layer_scale2.lambda1"), (".mlp.w12.", ".mlp.weights_in."),
        (".mlp.w3.", ".mlp.weights_out."),
    ];

    private sealed record Stored(string Name, long[] Shape, float[] Values);

    [Theory]
    [InlineData(Plain)]
    [InlineData(Registers)]
    [InlineData(Gated)]
    public void Meta_timm_and_Hugging_Face_name_the_same_backbone(string json)
    {
        string configuration = WriteText("dino.json", json);
        BackboneInfo expected = Store.Generate(DinoConfiguration.Parse(json), "expected");
        Stored[] meta = [.. Weights(json)];
        Stored[] huggingFace = [.. meta.SelectMany(ToHuggingFace)];
        Stored[] timm = [.. meta.Select(tensor => ToTimm(tensor, meta)).OfType<Stored>()];
        Assert.DoesNotContain(huggingFace, tensor => tensor.Name.Contains("blocks", StringComparison.Ordinal));
        Assert.Equal(json != Plain, timm.Any(tensor => tensor.Name == "reg_token"));
        foreach (Stored[] names in (Stored[][])[meta, huggingFace, timm, Wrapped(meta, "module."), Wrapped(huggingFace, "dinov2.")])
        {
            foreach (string file in (string[])[WriteSafetensors(names), WritePickle(names)])
            {
                BackboneInfo actual = Store.Import(file, configuration, new BackboneImportOptions { Id = "actual", Overwrite = true });
                Assert.Equal(expected.Hash, actual.Hash);
                Assert.Equal(Bytes(expected, "vision.safetensors"), Bytes(actual, "vision.safetensors"));
                Assert.Equal(Bytes(expected, "vision.onnx"), Bytes(actual, "vision.onnx"));
                Assert.Empty(Store.Check("actual"));
            }
        }
    }

    [Fact]
    public void A_backbone_without_a_text_tower_is_stored_opened_and_encodes()
    {
        BackboneInfo info = Store.Import(WriteSafetensors([.. Weights(Plain)]), WriteText("dino.json", Plain));
        Assert.Equal(("dino", 16, 4, false), (info.Id, info.ImageSize, info.PatchSize, info.HasTextTower));
        string?[] files = [.. Directory.GetFiles(info.Folder).Select(Path.GetFileName).Order()];
        Assert.Equal(["backbone.json", "vision.onnx", "vision.safetensors"], files);
        using Backbone backbone = Store.Open("dino", threads: 1);
        Assert.Equal(info.Hash, backbone.Hash);
        var picture = new byte[backbone.Encoder.InputLength];
        new Random(1).NextBytes(picture);
        PictureFeatures features = backbone.OpenEncoder().Encode(picture);
        Assert.Equal(16 * 128, Assert.Single(features.Memory).Length);
    }

    [Fact]
    public void What_needs_words_says_that_there_are_none()
    {
        Store.Generate(DinoConfiguration.Parse(Plain), "dino");
        using Backbone backbone = Store.Open("dino", threads: 1);
        Assert.False(backbone.HasTextTower);
        Action[] uses =
            [() => _ = backbone.Configuration, () => _ = backbone.Clip, () => _ = backbone.Tokenizer, () => _ = backbone.Windows];
        foreach (Action use in uses)
        {
            PromptADException error = Refused(use);
            Assert.Equal(
                "Backbone 'dino' has no text tower, so it knows no words. Train a memory alone with MemoryTrainer, or choose a CLIP.",
                error.Message);
            Assert.Equal(Problem.Unsupported, error.Problem);
        }
    }

    [Fact]
    public void It_is_not_used_where_none_is_named()
    {
        Store.Generate(DinoConfiguration.Parse(Plain), "dino");
        Assert.Equal(BackboneStore.EmbeddedId, Store.FindDefault());
        Generate("clip");
        Assert.Equal("clip", Store.FindDefault());
    }

    [Fact]
    public void The_input_size_and_the_precision_are_part_of_the_hash()
    {
        DinoConfiguration configuration = DinoConfiguration.Parse(Plain);
        BackboneInfo plain = Store.Generate(configuration, "plain");
        BackboneInfo larger = Store.Generate(configuration, "larger", new BackboneImportOptions { InputSize = 32 });
        BackboneInfo wide = Store.Generate(configuration, "wide", new BackboneImportOptions { InputSize = 32, InputHeight = 16 });
        BackboneInfo same = Store.Generate(configuration, "same", new BackboneImportOptions { InputSize = 16 });
        BackboneInfo fewer = Store.Generate(configuration, "fewer", new BackboneImportOptions { Precision = BackbonePrecision.Int8 });
        Assert.Equal((32, 32), (larger.ImageSize, wide.ImageSize));
        Assert.Equal(plain.Hash, same.Hash);
        Assert.Equal(4, new[] { plain.Hash, larger.Hash, wide.Hash, fewer.Hash }.Distinct().Count());
    }

    [Theory]
    [InlineData(18, "The input size is 18; it must be a multiple of the patch of 4 pixels, from 4 to 512. Choose 16.")]
    [InlineData(0, "The input size is 0; it must be a multiple of the patch of 4 pixels, from 4 to 512. Choose 4.")]
    [InlineData(516, "The input size is 516; it must be a multiple of the patch of 4 pixels, from 4 to 512. Choose 512.")]
    public void An_input_size_that_cannot_be_is_refused_with_one_that_can(int size, string message)
    {
        var options = new BackboneImportOptions { InputSize = size };
        PromptADException error = Refused(() => Store.Generate(DinoConfiguration.Parse(Plain), "dino", options));
        Assert.Equal(message, error.Message);
        Assert.Equal(Problem.OutOfRange, error.Problem);
        Assert.Empty(StoreEntries);
        options = new BackboneImportOptions { InputSize = 16, InputHeight = size };
        Assert.Equal(message, Refused(() => Store.Generate(DinoConfiguration.Parse(Plain), "dino", options)).Message);
    }

    [Fact]
    public void Choices_of_the_other_family_are_refused()
    {
        DinoConfiguration dino = DinoConfiguration.Parse(Plain);
        Assert.Contains("no vocabulary", Refused(() => Store.Generate(dino, "x", new BackboneImportOptions { Vocabulary = "x" })).Message);
        var point = new BackboneImportOptions { MemoryPoint = MemoryTapPoint.Block };
        Assert.Contains("'memory_taps'", Refused(() => Store.Generate(dino, "x", point)).Message);
        var size = new BackboneImportOptions { InputSize = 448 };
        Assert.Contains("32 pixels here", Refused(() => Store.Generate(TinyModels.Configuration, "x", size)).Message);
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(Registers)]
    [InlineData(Gated)]
    public void The_shapes_tell_the_configuration(string json)
    {
        DinoConfiguration trained = DinoConfiguration.Parse(json).WithInputSize(12, 12);
        BackboneInfo expected = Store.Generate(trained, "expected");
        foreach (Stored[] names in (Stored[][])[[.. Weights(json)], [.. Weights(json).SelectMany(ToHuggingFace)]])
        {
            BackboneInfo inferred = Store.Import(WriteSafetensors(names), "DINOv2", new BackboneImportOptions { Overwrite = true });
            Assert.Equal(("dinov2", expected.Hash), (inferred.Id, inferred.Hash));
        }
    }

    [Fact]
    public void Weights_of_another_architecture_are_told_apart_from_a_DINOv2()
    {
        string clip = WriteCheckpoint(), configuration = WriteText("dino.json", Plain);
        PromptADException error = Refused(() => Store.Import(clip, "dinov2"));
        Assert.Equal(
            "The checkpoint is no DINOv2. Give one as Meta, timm or Hugging Face name it, or choose another configuration.",
            error.Message);
        PromptADException other = Refused(() => Store.Import(clip, configuration));
        Assert.Contains("differences. Choose the configuration it was trained with", other.Message);

        string vit = WriteSafetensors([.. Weights(Plain).Where(tensor => !tensor.Name.EndsWith("gamma", StringComparison.Ordinal))]);
        Assert.EndsWith(
            "are those of a ViT of timm. Give a DINOv2, as Meta, timm or Hugging Face name it. BackboneStore.PullAsync gets one.",
            Refused(() => Store.Import(vit, configuration)).Message);
        Assert.Contains("those of a ViT of timm", Refused(() => Store.Import(vit, "dinov2")).Message);
    }

    [Fact]
    public void A_DINOv2_of_other_shapes_has_every_difference_listed()
    {
        string path = WriteSafetensors([.. Weights(Registers)]), configuration = WriteText("dino.json", Plain);
        Assert.Equal(["register_tokens is not part of the configuration"], Refused(() => Store.Import(path, configuration)).Details);
    }

    [Fact]
    public void A_DINOv2_given_as_a_CLIP_is_told_which_configuration_it_is()
    {
        using var rule = new DeterministicCheckpoint(PromptAD.Store.BackboneCatalog.Find("dinov2_vits14"));
        PromptADException error = Refused(() => new PromptAD.Store.CheckpointFit(rule).Require(TinyModels.Configuration));
        Assert.EndsWith(" it was trained with; its shapes are those of dinov2_vits14.", error.Message);
    }

    private static IEnumerable<Stored> Weights(string json)
    {
        using var rule = new DeterministicCheckpoint(DinoConfiguration.Parse(json));
        foreach (TensorEntry entry in rule.Tensors.Values)
        {
            var values = new float[entry.Count];
            rule.Read(entry.Name, values);
            yield return new Stored(entry.Name, entry.Shape, values);
        }
        yield return new Stored("mask_token", [1, 128], new float[128]);
    }

    private static IEnumerable<Stored> ToHuggingFace(Stored tensor)
    {
        string name = tensor.Name;
        foreach ((string meta, string huggingFace) in HuggingFaceNames)
        {
            if (meta[0] == '.') name = name.Replace(meta, huggingFace, StringComparison.Ordinal);
            else if (name.StartsWith(meta, StringComparison.Ordinal)) name = huggingFace + name[meta.Length..];
        }
        if (!name.Contains(".attn.qkv.", StringComparison.Ordinal)) return [tensor with { Name = name }];
        int third = tensor.Values.Length / 3;
        return ((string[])["query", "key", "value"]).Select((matrix, i) => new Stored(
            name.Replace(".attn.qkv.", $".attention.attention.{matrix}.", StringComparison.Ordinal),
            [tensor.Shape[0] / 3, .. tensor.Shape[1..]],
            tensor.Values[(i * third)..((i + 1) * third)]));
    }

    /// <summary>With registers, the class token has its place in it, and the table no row for it.</summary>
    private static Stored? ToTimm(Stored tensor, Stored[] all)
    {
        bool hasRegisters = all.Any(other => other.Name == "register_tokens");
        int width = (int)tensor.Shape[^1];
        return tensor.Name switch
        {
            "mask_token" => null,
            "register_tokens" => tensor with { Name = "reg_token" },
            "cls_token" when hasRegisters => tensor with
            {
                Values = [.. tensor.Values.Zip(all.Single(other => other.Name == "pos_embed").Values, (token, place) => token + place)],
            },
            "pos_embed" when hasRegisters => new Stored(tensor.Name, [1, tensor.Shape[1] - 1, width], tensor.Values[width..]),
            _ => tensor with
            {
                Name = tensor.Name.Replace(".w12.", ".fc1.", StringComparison.Ordinal).Replace(".w3.", ".fc2.", StringComparison.Ordinal),
            },
        };
    }

    private static Stored[] Wrapped(Stored[] stored, string prefix) =>
        [.. stored.Select(tensor => tensor with { Name = prefix + tensor.Name })];

    private static byte[] Bytes(BackboneInfo info, string file) => File.ReadAllBytes(Path.Combine(info.Folder, file));

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
        PickleWriter pickle = new PickleWriter().Op('}');
        foreach ((int i, Stored tensor) in stored.Index())
        {
            long[] strides = [.. tensor.Shape.Select((_, d) => TensorEntry.CountOf(tensor.Shape[(d + 1)..]))];
            pickle.Text(tensor.Name).Tensor("FloatStorage", $"{i}", tensor.Values.Length, 0, tensor.Shape, strides).Op('s');
        }
        string path = InFolder("foreign.pth");
        File.WriteAllBytes(path, TorchFiles.Write(
            TorchFiles.Zip,
            pickle.ToArray(),
            [.. stored.Select((tensor, i) => ($"{i}", MemoryMarshal.AsBytes<float>(tensor.Values).ToArray(), sizeof(float)))]));
        return path;
    }
}
