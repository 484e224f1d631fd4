using System.Text.Json;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// Reads open_clip's JSON. A field that would change the computation is refused by name unless it has the value of a plain ViT, and so is a
/// field nobody knows, because guessing what it does would give wrong features without any error.
/// </summary>
internal static class ClipConfigurationReader
{
    private const long MaximumParameters = 16_000_000_000; // ViT-e-14, the largest published, has 4.6 billion
    private const int MaximumWidth = 16_384;
    private const int MaximumMlpWidth = 65_536;
    private const int MaximumLayers = 128;
    private const int MaximumGrid = 128;
    private const int MaximumStem = 12; // patches of 4096 pixels
    private const int MaximumTrunk = 8; // patches of 512 pixels
    private const string Wanted = "a configuration of open_clip's plain ViT family";
    private const string PlainOnly = "only plain ViT models of open_clip are supported";

    // A field's value in a plain ViT; null means that its value does not matter here (training, other towers).
    private static readonly Dictionary<string, string[]?> TopNeutral = new()
    {
        ["custom_text"] = null, // only where the text tower's weights stand
        ["force_custom_text"] = null,
        ["multimodal_cfg"] = ["null"],
        ["init_logit_bias"] = ["null"],
        ["nonscalar_logit_scale"] = ["false"],
        ["init_logit_scale"] = null,
        ["output_dict"] = null,
        ["cast_dtype"] = null,
    };

    private static readonly Dictionary<string, string[]?> VisionNeutral = new()
    {
        ["timm_model_name"] = ["null", "\"\""],
        ["ls_init_value"] = ["null"],
        ["attentional_pool"] = ["false"],
        ["global_average_pool"] = ["false"],
        ["input_patchnorm"] = ["false"],
        ["no_ln_pre"] = ["false"],
        ["pos_embed_type"] = ["\"learnable\""],
        ["final_ln_after_pool"] = ["false"],
        ["pool_type"] = ["\"tok\""],
        ["qk_norm"] = ["false"],
        ["act_kwargs"] = ["null", "{}"],
        ["norm_kwargs"] = ["null", "{}"],
        ["patch_dropout"] = null,
        ["attn_pooler_queries"] = null,
        ["attn_pooler_heads"] = null,
        ["output_tokens"] = null,
        ["timm_model_pretrained"] = null,
        ["timm_pool"] = null,
        ["timm_proj"] = null,
        ["timm_proj_bias"] = null,
        ["timm_drop"] = null,
        ["timm_drop_path"] = null,
    };

    private static readonly Dictionary<string, string[]?> TextNeutral = new()
    {
        ["hf_model_name"] = ["null", "\"\""],
        ["hf_tokenizer_name"] = ["null", "\"\""],
        ["tokenizer_kwargs"] = ["null", "{}"],
        ["ls_init_value"] = ["null"],
        ["embed_cls"] = ["false"],
        ["no_causal_mask"] = ["false"],
        ["final_ln_after_pool"] = ["false"],
        ["pool_type"] = ["\"argmax\""],
        ["proj_type"] = ["\"linear\""],
        ["proj_bias"] = ["false"],
        ["ln_post_emb"] = ["false"],
        ["qk_norm"] = ["false"],
        ["act_kwargs"] = ["null", "{}"],
        ["norm_kwargs"] = ["null", "{}"],
        ["pad_id"] = null,
        ["output_tokens"] = null,
        ["hf_model_pretrained"] = null,
        ["hf_proj_type"] = null,
        ["hf_pooler_type"] = null,
    };

    public static ClipConfiguration Read(string json, string source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            var reader = new JsonFields(document.RootElement, "", source, Wanted);
            if (reader.Find("model_cfg") is { } wrapped)
            {
                CheckPreprocessing(reader);
                reader = new JsonFields(wrapped, "model_cfg", source, Wanted);
            }
            return ReadModel(reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for half a character
        {
            string line = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new PromptADException(
                Problem.Damaged, $"Cannot use {source}: it is not JSON ({line}). Give {Wanted}.", e);
        }
    }

    private static ClipConfiguration ReadModel(JsonFields fields)
    {
        fields.RefuseAllBut(["embed_dim", "quick_gelu", "vision_cfg", "text_cfg", "reading"], TopNeutral, PlainOnly);
        var configuration = new ClipConfiguration(
            fields.Integer("embed_dim", null, MaximumWidth),
            ReadVision(fields.Object("vision_cfg")),
            ReadText(fields.Object("text_cfg")),
            fields.Boolean("quick_gelu"),
            ReadReading(fields));
        long parameters = configuration.ParameterCount;
        if (parameters > MaximumParameters)
            throw fields.Refuse($"the model would have {parameters:N0} weights; allowed are {MaximumParameters:N0}");
        return configuration;
    }

    // Values that a configuration leaves out are open_clip's defaults.
    private static VisionConfiguration ReadVision(JsonFields fields)
    {
        if (fields.Find("layers") is { ValueKind: JsonValueKind.Array })
            throw fields.Refuse($"'{fields.Path("layers")}' is a list, which means a ResNet; {PlainOnly}");
        fields.RefuseAllBut(
            ["image_size", "patch_size", "width", "head_width", "layers", "mlp_ratio", "memory_taps", "stem", "trunk"],
            VisionNeutral,
            PlainOnly);
        int layers = fields.Integer("layers", 12, MaximumLayers);
        ResidualTrunk? trunk = ReadTrunk(fields);
        var vision = new VisionConfiguration(
            fields.Integer("image_size", 224, 4096),
            fields.Integer("patch_size", 16, 4096),
            fields.Integer("width", 768, MaximumWidth),
            fields.Integer("head_width", 64, MaximumWidth),
            layers,
            fields.Number("mlp_ratio", 4),
            ReadTaps(fields, layers, trunk?.Stages.Count ?? 0),
            ReadStem(fields),
            trunk);
        if (vision.Stem is { } stem && vision.PatchSize != 1 << stem.Channels.Count)
            throw fields.Refuse($"'{fields.Path("stem.channels")}' lists {stem.Channels.Count} convolutions, "
                + $"which make patches of {1 << stem.Channels.Count} "
                + $"pixels, but '{fields.Path("patch_size")}' is {vision.PatchSize}");
        if (trunk is not null && vision.Stem is not null)
            throw fields.Refuse($"'{fields.Path("stem")}' and '{fields.Path("trunk")}' are both given; give one of them");
        if (trunk is not null && vision.PatchSize != trunk.PatchSize)
            throw fields.Refuse($"'{fields.Path("trunk.channels")}' lists {trunk.Channels.Count} stages, "
                + $"which make patches of {trunk.PatchSize} pixels, but '{fields.Path("patch_size")}' is {vision.PatchSize}");
        fields.MustDivide("patch_size", vision.PatchSize, "image_size", vision.ImageSize);
        fields.MustDivide("head_width", vision.HeadWidth, "width", vision.Width);
        if (vision.Grid > MaximumGrid)
            throw fields.Refuse($"'{fields.Path("image_size")}' is {vision.Grid} patches; allowed are 1 to {MaximumGrid}");
        CheckMlp(fields, vision.Width, vision.MlpRatio);
        return vision;
    }

    private static TextConfiguration ReadText(JsonFields fields)
    {
        fields.RefuseAllBut(["context_length", "vocab_size", "width", "heads", "layers", "mlp_ratio"], TextNeutral, PlainOnly);
        var text = new TextConfiguration(
            fields.Integer("context_length", 77, 4096),
            fields.Integer("vocab_size", 49_408, 1_000_000),
            fields.Integer("width", 512, MaximumWidth),
            fields.Integer("heads", 8, MaximumWidth),
            fields.Integer("layers", 12, MaximumLayers),
            fields.Number("mlp_ratio", 4));
        fields.MustDivide("heads", text.Heads, "width", text.Width);
        CheckMlp(fields, text.Width, text.MlpRatio);
        return text;
    }

    /// <param name="vision">The image encoder.</param>
    /// <param name="layers">How many blocks it has.</param>
    /// <param name="stages">How many stages of a trunk are read.</param>
    private static MemoryTaps ReadTaps(JsonFields vision, int layers, int stages)
    {
        if (vision.Find("memory_taps") is null) return MemoryTaps.Default(layers);
        JsonFields fields = vision.Object("memory_taps");
        fields.RefuseAllBut(["blocks", "point", "weights"], [], "only 'blocks', 'point' and 'weights' are known");
        MemoryTapPoint point = fields.OneOf("point", "attention", "block") == "block" ? MemoryTapPoint.Block : MemoryTapPoint.Attention;
        if (fields.Find("blocks") is null) return MemoryTaps.Default(layers, point);
        int[] blocks = fields.Integers("blocks", layers - 1, MemoryTaps.Embedding);
        bool ascending = blocks.Zip(blocks.Skip(1)).All(pair => pair.First < pair.Second);
        if (blocks.Length + stages == 0 || !ascending)
            throw fields.Refuse($"'{fields.Path("blocks")}' must list at least one block, ascending, none twice");
        if (fields.Find("weights") is null) return new MemoryTaps(blocks, point);
        float[] weights = fields.Numbers("weights");
        if (weights.Length != stages + blocks.Length || !Array.TrueForAll(weights, weight => weight is > 0 and <= 1))
        {
            string each = stages == 0 ? "each block" : "each stage of the trunk and each block";
            throw fields.Refuse($"'{fields.Path("weights")}' must list a number above 0 and up to 1 for {each}");
        }
        return new MemoryTaps(blocks, point, weights);
    }

    private static ConvolutionalStem? ReadStem(JsonFields vision)
    {
        if (vision.Find("stem") is null) return null;
        JsonFields fields = vision.Object("stem");
        fields.RefuseAllBut(["channels"], [], "only 'channels' is known");
        int[] channels = fields.Integers("channels", MaximumWidth);
        if (channels.Length is 0 or > MaximumStem || channels.Contains(0))
            throw fields.Refuse($"'{fields.Path("channels")}' must list 1 to {MaximumStem} numbers from 1 to {MaximumWidth}");
        return new ConvolutionalStem(channels);
    }

    private static ResidualTrunk? ReadTrunk(JsonFields vision)
    {
        if (vision.Find("trunk") is null) return null;
        JsonFields fields = vision.Object("trunk");
        fields.RefuseAllBut(["channels", "blocks", "stages"], [], "only 'channels', 'blocks' and 'stages' are known");
        int[] channels = fields.Integers("channels", MaximumWidth);
        if (channels.Length is 0 or > MaximumTrunk || channels.Contains(0))
            throw fields.Refuse($"'{fields.Path("channels")}' must list 1 to {MaximumTrunk} numbers from 1 to {MaximumWidth}");
        int[] stages = fields.Integers("stages", channels.Length);
        if (stages.Length == 0 || stages[0] < 1 || !stages.Zip(stages.Skip(1)).All(pair => pair.First < pair.Second))
        {
            throw fields.Refuse(
                $"'{fields.Path("stages")}' must list at least one stage from 1 to {channels.Length}, ascending, none twice");
        }
        return new ResidualTrunk(channels, fields.Integer("blocks", 2, MaximumLayers), stages);
    }

    private static ScoringDefaults ReadReading(JsonFields model)
    {
        if (model.Find("reading") is null) return ScoringDefaults.Published;
        JsonFields fields = model.Object("reading");
        fields.RefuseAllBut(
            ["class_token", "text_weight", "whiten_memory", "memory_shifts", "word_trust"],
            [],
            "only 'class_token', 'text_weight', 'whiten_memory', 'memory_shifts' and 'word_trust' are known");
        ScoringDefaults published = ScoringDefaults.Published;
        double weight = fields.Number("text_weight", published.TextWeight);
        if (!(weight >= 0 && weight <= ScoringOptions.LargestTextWeight))
            throw fields.Refuse($"'{fields.Path("text_weight")}' is {weight}; allowed are 0 to {ScoringOptions.LargestTextWeight}");
        double trust = fields.Number("word_trust", published.WordTrust);
        if (!(trust is >= 0 and <= 1)) throw fields.Refuse($"'{fields.Path("word_trust")}' is {trust}; allowed are 0 to 1");
        return new ScoringDefaults(
            fields.Boolean("class_token", published.ClassToken),
            (float)weight,
            fields.Boolean("whiten_memory", published.WhitenMemory),
            fields.Integer("memory_shifts", published.MemoryShifts, ScoringOptions.MostMemoryShifts),
            (float)trust);
    }

    private static void CheckMlp(JsonFields fields, int width, double ratio)
    {
        double mlpWidth = width * ratio;
        if (!(mlpWidth >= 1 && mlpWidth <= MaximumMlpWidth))
            throw fields.Refuse($"'{fields.Path("mlp_ratio")}' is {ratio}; allowed are hidden widths of 1 to {MaximumMlpWidth}");
    }

    // Pictures are always normalised with CLIP's mean and deviation, so weights that learned with others would see wrong colours.
    private static void CheckPreprocessing(JsonFields wrapper)
    {
        if (wrapper.Find("preprocess_cfg") is null) return;
        JsonFields fields = wrapper.Object("preprocess_cfg");
        fields.MustBeNear("mean", [0.48145466, 0.4578275, 0.40821073]);
        fields.MustBeNear("std", [0.26862954, 0.26130258, 0.27577711]);
    }
}
