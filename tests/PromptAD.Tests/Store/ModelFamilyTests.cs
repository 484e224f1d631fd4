using System.Text.RegularExpressions;
using PromptAD.Checkpoints;
using PromptAD.Files;
using PromptAD.Store;

namespace PromptAD.Tests.Store;

/// <summary>A checkpoint of another kind of model is told what it is.</summary>
public sealed class ModelFamilyTests : StoreTest
{
    [Theory]
    [InlineData("DINOv2", "cls_token", "mask_token", "patch_embed.proj.weight", "blocks.0.attn.qkv.weight", "blocks.0.ls1.gamma")]
    [InlineData("DINOv2", "module.cls_token", "module.patch_embed.proj.weight", "module.blocks.0.ls1.gamma")]
    [InlineData("DINOv2 of Hugging Face", "embeddings.patch_embeddings.projection.weight", "encoder.layer.0.layer_scale1.lambda1")]
    [InlineData("DINOv3", "cls_token", "storage_tokens", "patch_embed.proj.weight", "blocks.0.ls1.gamma", "rope_embed.periods")]
    [InlineData("DINO", "backbone.patch_embed.proj.weight", "backbone.blocks.0.attn.qkv.weight", "head.last_layer.weight_g")]
    [InlineData("a ViT of timm", "cls_token", "patch_embed.proj.weight", "blocks.0.attn.qkv.weight", "head.weight")]
    [InlineData("a ViT of Hugging Face", "vit.embeddings.cls_token", "vit.embeddings.patch_embeddings.projection.weight")]
    [InlineData("a ViT of torchvision", "class_token", "conv_proj.weight", "encoder.layers.encoder_layer_0.ln_1.weight")]
    [InlineData("a ResNet, as of torchvision or timm", "conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "fc.weight")]
    [InlineData("ConvNeXt", "stem.0.weight", "stages.0.blocks.0.conv_dw.weight")]
    [InlineData("Swin or BEiT", "patch_embed.proj.weight", "layers.0.blocks.0.attn.relative_position_bias_table")]
    [InlineData("SigLIP of Hugging Face", "vision_model.head.probe", "vision_model.embeddings.patch_embedding.weight", "logit_bias")]
    [InlineData("SigLIP", "visual.trunk.pos_embed", "text.token_embedding.weight", "logit_scale", "logit_bias")]
    [InlineData("BLIP", "visual_encoder.blocks.0.attn.qkv.weight", "text_decoder.bert.embeddings.word_embeddings.weight")]
    [InlineData("BLIP of Hugging Face", "vision_model.embeddings.class_embedding", "vision_model.encoder.layers.0.self_attn.qkv.weight")]
    [InlineData("BLIP-2", "query_tokens", "Qformer.bert.encoder.layer.0.attention.self.query.weight")]
    [InlineData("EVA-CLIP", "visual.cls_token", "visual.blocks.0.attn.q_bias", "text.token_embedding.weight")]
    [InlineData("MobileCLIP", "image_encoder.model.patch_embed.0.rbr_conv.0.conv.weight", "text_encoder.embedding_layer.weight")]
    [InlineData("CLIP with an image tower of timm", "visual.trunk.stem.0.weight", "token_embedding.weight")]
    [InlineData("CLIP with a ResNet", "visual.conv1.weight", "visual.attnpool.positional_embedding", "token_embedding.weight")]
    [InlineData("CLIP with a text tower of Hugging Face", "visual.conv1.weight", "text.transformer.embeddings.word_embeddings.weight")]
    [InlineData("CoCa", "visual.attn_pool.query", "text.token_embedding.weight", "text_decoder.resblocks.0.ln_1.weight")]
    [InlineData("SAM", "image_encoder.patch_embed.proj.weight", "mask_decoder.iou_token.weight")]
    [InlineData("MAE", "patch_embed.proj.weight", "blocks.0.attn.qkv.weight", "decoder_blocks.0.attn.qkv.weight")]
    [InlineData("an adapter (LoRA)", "base_model.model.visual.transformer.resblocks.0.mlp.c_fc.lora_A.weight")]
    [InlineData("a detector of PromptAD", "image.normal", "image.anomalous", "pixel.normal", "memory.1")]
    [InlineData("the image tower of CLIP alone", "visual.conv1.weight", "visual.proj")]
    [InlineData("the image tower of CLIP alone", "conv1.weight", "ln_pre.weight", "proj")]
    [InlineData("the text tower of CLIP alone", "token_embedding.weight", "text_projection")]
    [InlineData("the image tower of Hugging Face's CLIP alone", "vision_model.embeddings.class_embedding", "visual_projection.weight")]
    [InlineData("the text tower of Hugging Face's CLIP alone", "text_model.embeddings.token_embedding.weight")]
    public void Is_told_by_its_names(string family, params string[] names)
    {
        string path = Write(names);
        PromptADException error = Refused(() => Store.Import(path, ConfigurationFile));
        Assert.Matches(
            $"^The checkpoint does not fit the configuration: its names, such as '[^']+', are those of {Regex.Escape(family)}[.,]",
            error.Message);
        Assert.EndsWith(
            ". Give image and text tower of a CLIP with a plain ViT, as OpenAI, open_clip or Hugging Face name them. "
            + "BackboneStore.PullAsync gets one.",
            error.Message);
        Assert.Contains(names, name => error.Message.Contains($"'{name.Replace("module.", "")}'", StringComparison.Ordinal));
        Assert.Empty(error.Details);
        Assert.Empty(StoreEntries);
    }

    [Fact]
    public void Names_of_no_known_family_are_listed()
    {
        string path = Write(["something.else"]);
        PromptADException error = Refused(() => Store.Import(path, ConfigurationFile));
        Assert.Contains("differences. Choose the configuration it was trained with.", error.Message);
        Assert.Contains("something.else is not part of the configuration", error.Details);
    }

    [Fact]
    public void No_name_of_a_plain_CLIP_is_another_familys() =>
        Assert.All(BackboneCatalog.NamesOf("clip"), name =>
            Assert.Null(ModelFamily.Guess(BackboneCatalog.Find(name).ExpectedTensors().Select(tensor => tensor.Name))));

    [Fact]
    public void Shapes_tell_which_configuration_was_meant()
    {
        using var rule = new DeterministicCheckpoint(BackboneCatalog.Find("ViT-B-16"));
        PromptADException error = Refused(() => new CheckpointFit(rule).Require(BackboneCatalog.Find("ViT-B-32")));
        Assert.EndsWith(" it was trained with; its shapes are those of ViT-B-16, ViT-B-16-quickgelu.", error.Message);
        Assert.Equal(
            [
                "visual.conv1.weight is 768 x 3 x 16 x 16, the configuration says 768 x 3 x 32 x 32",
                "visual.positional_embedding is 197 x 768, the configuration says 50 x 768",
            ],
            error.Details);
    }

    private string Write(string[] names)
    {
        string path = InFolder("other.safetensors");
        TensorEntry[] entries = [.. names.Select(name => new TensorEntry(name, ElementType.Float32, [1]))];
        AtomicFile.Write(path, stream => new SafetensorsLayout(entries).Write(stream, _ => new float[1]));
        return path;
    }
}
