using PromptAD.Encoders.Clip;
using PromptAD.Files;

namespace PromptAD.Tests.Encoders.Clip;

public sealed class ClipConfigurationTests
{
    // The configuration of the reference checkpoints, whose tensors Fixtures/Backbones/tiny-checkpoint-tensors.txt lists.
    private const string Tiny = """
        {"embed_dim": 16,
         "vision_cfg": {"image_size": 32, "layers": 12, "width": 64, "patch_size": 16},
         "text_cfg": {"context_length": 77, "vocab_size": 600, "width": 32, "heads": 2, "layers": 2}}
        """;

    [Fact]
    public void Reads_sizes_and_derives_the_others()
    {
        ClipConfiguration configuration = ClipConfiguration.Parse("""
            {"embed_dim": 1024, "quick_gelu": true,
             "vision_cfg": {"image_size": 224, "layers": 40, "width": 1408, "head_width": 88, "mlp_ratio": 4.3637, "patch_size": 14},
             "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1024, "heads": 16, "layers": 24}}
            """);

        Assert.Equal(1024, configuration.EmbeddingSize);
        Assert.True(configuration.QuickGelu);
        VisionConfiguration vision = configuration.Vision;
        Assert.Equal((16, 6144, 16, 256), (vision.Heads, vision.MlpWidth, vision.Grid, vision.Patches));
        Assert.Equal(new TextConfiguration(77, 49_408, 1024, 16, 24, 4), configuration.Text);
        Assert.Equal(4096, configuration.Text.MlpWidth);
    }

    [Fact]
    public void Takes_the_defaults_of_open_clip_for_what_is_left_out()
    {
        ClipConfiguration configuration = ClipConfiguration.Parse("""{"embed_dim": 512, "vision_cfg": {}, "text_cfg": {}}""");

        Assert.False(configuration.QuickGelu);
        Assert.Equal(new VisionConfiguration(224, 16, 768, 64, 12, 4, MemoryTaps.Default(12)), configuration.Vision);
        Assert.Equal(new TextConfiguration(77, 49_408, 512, 8, 12, 4), configuration.Text);
    }

    [Fact]
    public void Lists_the_tensors_of_a_real_checkpoint()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Backbones", "tiny-checkpoint-tensors.txt");

        IEnumerable<string> actual = ClipConfiguration.Parse(Tiny).ExpectedTensors()
            .Select(tensor => $"{tensor.Name} {TensorEntry.ShapeToText(tensor.Shape)}");

        Assert.Equal(File.ReadAllLines(path), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Writes_one_canonical_text() => Assert.Equal(
        """
        {"embed_dim":16,"quick_gelu":false,
        "vision_cfg":{"image_size":32,"patch_size":16,"width":64,"head_width":64,"layers":12,"mlp_ratio":4,
        "memory_taps":{"blocks":[3,8],"point":"attention"}},
        "text_cfg":{"context_length":77,"vocab_size":600,"width":32,"heads":2,"layers":2,"mlp_ratio":4}}
        """.ReplaceLineEndings(""),
        ClipConfiguration.Parse(Tiny).ToJson());

    [Theory]
    [InlineData(12, "attention", new[] { 3, 8 })]
    [InlineData(12, "block", new[] { 2, 7 })]
    [InlineData(24, "attention", new[] { 6, 16 })]
    [InlineData(24, "block", new[] { 5, 15 })]
    [InlineData(32, "attention", new[] { 8, 21 })]
    [InlineData(3, "attention", new[] { 0, 2 })]
    [InlineData(3, "block", new[] { 0, 1 })]
    [InlineData(1, "attention", new[] { 0 })]
    [InlineData(1, "block", new[] { 0 })]
    public void Taps_the_same_fractions_of_any_depth(int layers, string point, int[] blocks)
    {
        MemoryTaps taps = WithVision($"\"layers\": {layers}, \"memory_taps\": {{\"point\": \"{point}\"}}").Vision.MemoryTaps;

        Assert.Equal(blocks, taps.Blocks);
        Assert.Equal(point == "block" ? MemoryTapPoint.Block : MemoryTapPoint.Attention, taps.Point);
    }

    [Fact]
    public void Keeps_chosen_taps_through_a_round_trip()
    {
        ClipConfiguration configuration = WithVision("""  "layers": 6, "memory_taps": {"blocks": [-1, 2, 5], "point": "block"}  """);

        Assert.Equal(new MemoryTaps([MemoryTaps.Embedding, 2, 5], MemoryTapPoint.Block), configuration.Vision.MemoryTaps);
        Assert.Equal(configuration, ClipConfiguration.Parse(configuration.ToJson()));
        Assert.Equal(configuration.GetHashCode(), ClipConfiguration.Parse(configuration.ToJson()).GetHashCode());
    }

    [Theory]
    [InlineData("\"memory_taps\": {\"blocks\": []}", "'vision_cfg.memory_taps.blocks' must list at least one block, ascending, none twice")]
    [InlineData("\"memory_taps\": {\"blocks\": [8, 3]}", "ascending")]
    [InlineData("\"memory_taps\": {\"blocks\": [3, 3]}", "none twice")]
    [InlineData("\"memory_taps\": {\"blocks\": [3, 12]}", "'vision_cfg.memory_taps.blocks' is 12; it must be a whole number from -1 to 11")]
    [InlineData("\"memory_taps\": {\"blocks\": 3}", "it must be a list")]
    [InlineData("\"memory_taps\": {\"point\": \"mlp\"}", "'vision_cfg.memory_taps.point' is \"mlp\"; it must be \"attention\" or")]
    [InlineData("\"memory_taps\": {\"block\": [3]}", "'vision_cfg.memory_taps.block' is not known")]
    [InlineData("\"memory_taps\": [3, 8]", "'vision_cfg.memory_taps' is not a JSON object")]
    [InlineData("\"width\": 0", "'vision_cfg.width' is 0; it must be a whole number from 1 to 16384")]
    [InlineData("\"width\": -64", "is -64")]
    [InlineData("\"width\": 12.5", "is 12.5")]
    [InlineData("\"width\": \"768\"", "'vision_cfg.width' is \"768\"; it must be a whole number")]
    [InlineData("\"width\": null", "is null")]
    [InlineData("\"width\": 99999999999999", "is 99999999999999")]
    [InlineData("\"width\": 100", "'vision_cfg.head_width' is 64 and does not divide 'vision_cfg.width', which is 100")]
    [InlineData("\"patch_size\": 15", "'vision_cfg.patch_size' is 15 and does not divide 'vision_cfg.image_size', which is 224")]
    [InlineData("\"patch_size\": 448", "does not divide")]
    [InlineData("\"image_size\": 4096", "is 256 patches; allowed are 1 to 128")]
    [InlineData("\"image_size\": [224, 224]", "it must be a whole number")]
    [InlineData("\"layers\": 129", "from 1 to 128")]
    [InlineData("\"layers\": [3, 4, 6, 3]", "means a ResNet")]
    [InlineData("\"mlp_ratio\": 1e300", "allowed are hidden widths of 1 to 65536")]
    [InlineData("\"mlp_ratio\": 1e999", "allowed are hidden widths of 1 to 65536")]
    [InlineData("\"mlp_ratio\": -4", "allowed are hidden widths of 1 to 65536")]
    [InlineData("\"mlp_ratio\": \"4\"", "it must be a number")]
    [InlineData("\"timm_model_name\": \"convnext_base\"", "'vision_cfg.timm_model_name' is \"convnext_base\"; only plain ViT")]
    [InlineData("\"ls_init_value\": 1e-4", "'vision_cfg.ls_init_value' is 1e-4; only plain ViT")]
    [InlineData("\"attentional_pool\": true", "only plain ViT")]
    [InlineData("\"pool_type\": \"avg\"", "is \"avg\"; only plain ViT models of open_clip are supported, with \"tok\" there")]
    [InlineData("\"no_ln_pre\": true", "only plain ViT")]
    [InlineData("\"pos_embed_type\": \"sin_cos_2d\"", "only plain ViT")]
    [InlineData("\"final_ln_after_pool\": true", "only plain ViT")]
    [InlineData("\"act_kwargs\": {\"approximate\": \"tanh\"}", "only plain ViT")]
    [InlineData("\"norm_kwargs\": {\"eps\": 1e-6}", "only plain ViT")]
    [InlineData("\"widht\": 64", "the field 'vision_cfg.widht' is not known")]
    [InlineData("\"width\": 64, \"width\": 128", "it is not JSON")]
    public void Refuses_a_vision_tower_it_could_not_compute(string field, string reason) =>
        AssertRefused($$"""{"embed_dim": 16, "vision_cfg": { {{field}} }, "text_cfg": {} }""", reason);

    [Theory]
    [InlineData("\"heads\": 7", "'text_cfg.heads' is 7 and does not divide 'text_cfg.width', which is 512")]
    [InlineData("\"vocab_size\": 1000001", "from 1 to 1000000")]
    [InlineData("\"context_length\": 0", "from 1 to 4096")]
    [InlineData("\"hf_model_name\": \"roberta-base\"", "'text_cfg.hf_model_name' is \"roberta-base\"; only plain ViT")]
    [InlineData("\"hf_tokenizer_name\": \"facebook/xlm-v-base\"", "only plain ViT")]
    [InlineData("\"tokenizer_kwargs\": {\"clean\": \"canonicalize\"}", "only plain ViT")]
    [InlineData("\"embed_cls\": true", "only plain ViT")]
    [InlineData("\"pool_type\": \"eos\"", "with \"argmax\" there")]
    [InlineData("\"no_causal_mask\": true", "only plain ViT")]
    [InlineData("\"proj_bias\": true", "only plain ViT")]
    [InlineData("\"eos_id\": 2", "'text_cfg.eos_id' is not known")]
    public void Refuses_a_text_tower_it_could_not_compute(string field, string reason) =>
        AssertRefused($$"""{"embed_dim": 16, "vision_cfg": {}, "text_cfg": { {{field}} } }""", reason);

    [Theory]
    [InlineData("", "it is not JSON")]
    [InlineData("{", "it is not JSON")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("{}", "the field 'embed_dim' is missing")]
    [InlineData("""{"embed_dim": 16, "text_cfg": {}}""", "the field 'vision_cfg' is missing")]
    [InlineData("""{"embed_dim": 16, "vision_cfg": {}}""", "the field 'text_cfg' is missing")]
    [InlineData("""{"embed_dim": 16, "vision_cfg": [], "text_cfg": {}}""", "'vision_cfg' is not a JSON object")]
    [InlineData("""{"embed_dim": 16, "quick_gelu": 1, "vision_cfg": {}, "text_cfg": {}}""", "'quick_gelu' is 1; it must be true or false")]
    [InlineData("""{"embed_dim": 16, "multimodal_cfg": {}, "vision_cfg": {}, "text_cfg": {}}""", "'multimodal_cfg' is {}; only plain ViT")]
    [InlineData("""{"embed_dim": 16, "init_logit_bias": -10, "vision_cfg": {}, "text_cfg": {}}""", "only plain ViT")]
    [InlineData("""{"embed_dim": 16, "rotary": true, "vision_cfg": {}, "text_cfg": {}}""", "the field 'rotary' is not known")]
    public void Refuses_what_is_no_configuration(string json, string reason) => AssertRefused(json, reason);

    [Fact]
    public void Refuses_sizes_that_are_each_allowed_and_together_too_many() => AssertRefused(
        """{"embed_dim": 512, "vision_cfg": {"width": 16384, "layers": 128}, "text_cfg": {}}""", "weights; allowed are 16,000,000,000");

    [Fact]
    public void Accepts_fields_that_change_nothing()
    {
        ClipConfiguration configuration = ClipConfiguration.Parse("""
            {"embed_dim": 512, "custom_text": true, "force_custom_text": false, "init_logit_scale": 2.6, "output_dict": true,
             "vision_cfg": {"patch_dropout": 0.5, "pool_type": "tok", "timm_model_name": null, "act_kwargs": null, "output_tokens": true},
             "text_cfg": {"pool_type": "argmax", "hf_model_name": null, "pad_id": 0}}
            """);

        Assert.Equal(ClipConfiguration.Parse("""{"embed_dim": 512, "vision_cfg": {}, "text_cfg": {}}"""), configuration);
    }

    [Fact]
    public void Reads_the_wrapped_file_of_a_model_hub()
    {
        ClipConfiguration configuration = ClipConfiguration.Parse($$"""
            {"model_cfg": {{Tiny}},
             "preprocess_cfg": {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]} }
            """);

        Assert.Equal(ClipConfiguration.Parse(Tiny), configuration);
    }

    [Fact]
    public void Refuses_weights_that_learned_with_other_colours() => AssertRefused(
        $$"""{"model_cfg": {{Tiny}}, "preprocess_cfg": {"mean": [0.5, 0.5, 0.5]} }""",
        "'preprocess_cfg.mean' is [0.5, 0.5, 0.5]; it must be CLIP's");

    [Fact]
    public void Names_its_source_in_errors()
    {
        PromptADException error = Assert.Throws<PromptADException>(() => ClipConfiguration.Parse("{}", "'my.json'"));

        Assert.Equal(
            "Cannot use 'my.json': the field 'embed_dim' is missing. Give a configuration of open_clip's plain ViT family.", error.Message);
    }

    [Fact]
    public void Shortens_a_hostile_value_to_one_line()
    {
        string value = string.Concat(Enumerable.Repeat("[\n", 30)) + string.Concat(Enumerable.Repeat("]\n", 30));

        PromptADException error = Assert.Throws<PromptADException>(() => WithVision($"\"width\": {value}"));

        Assert.InRange(error.Message.Length, 1, 250);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static ClipConfiguration WithVision(string fields) =>
        ClipConfiguration.Parse($$"""{"embed_dim": 16, "vision_cfg": { {{fields}} }, "text_cfg": {} }""");

    private static void AssertRefused(string json, string reason)
    {
        PromptADException error = Assert.Throws<PromptADException>(() => ClipConfiguration.Parse(json));
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
