namespace PromptAD.Checkpoints;

/// <summary>Tells from the names of tensors which model other than a plain CLIP they are; DINOv2 is one of them.</summary>
internal static class ModelFamily
{
    private const string Dino = "DINOv2";

    // The marks of a family are parts of names, each of which at least one tensor has; ^ and $ stand for a name's ends. What is more
    // special comes first: a DINOv2 is also a ViT.
    private static readonly (string Family, string[] Marks)[] Families =
    [
        ("an adapter (LoRA), which is no model without the one that it belongs to", [".lora_A."]),
        ("an adapter (LoRA), which is no model without the one that it belongs to", [".lora_down."]),
        ("a detector of PromptAD, not a backbone", ["^image.normal$", "^pixel.normal$"]),
        ("BLIP-2", ["qformer."]),
        ("BLIP-2", ["Qformer."]),
        ("BLIP", ["text_decoder.", "visual_encoder.blocks."]),
        ("BLIP or ALBEF", ["text_encoder.", "visual_encoder.blocks."]),
        ("BLIP of Hugging Face", ["vision_model.encoder.layers.0.self_attn.qkv."]),
        ("a language model that sees, such as LLaVA", ["multi_modal_projector."]),
        ("a language model that sees, such as LLaVA", ["mm_projector."]),
        ("CLIPSeg", ["clip.vision_model.", "decoder.film_"]),
        ("SigLIP of Hugging Face", ["vision_model.head.probe"]),
        ("SigLIP of Hugging Face", ["^vision_model.", "^logit_bias"]),
        ("SigLIP", ["^logit_bias", "^visual.trunk."]),
        ("MobileCLIP", ["^visual.trunk.", ".token_mixer."]),
        ("MobileCLIP", ["image_encoder.model.", "text_encoder."]),
        ("EVA-CLIP", ["^visual.blocks.0.attn."]),
        ("CoCa", ["text_decoder.", "visual.attn_pool."]),
        ("CLIP with an image tower of timm, such as SigLIP, EVA02 or ConvNeXt", ["visual.trunk."]),
        ("CLIP with a ResNet", ["visual.attnpool."]),
        ("CLIP with a text tower of Hugging Face, such as XLM-RoBERTa", ["visual.conv1.weight$", "text.transformer."]),
        ("Chinese CLIP", ["visual.conv1.weight$", "^bert."]),
        ("SAM", ["mask_decoder."]),
        ("SAM", ["image_encoder.blocks."]),
        ("MAE", ["decoder_blocks."]),
        ("DINOv3", ["storage_tokens"]),
        ("DINOv3", ["rope_embed."]),
        ("DINOv3 of Hugging Face", ["embeddings.register_tokens", ".attention.q_proj."]),
        (Dino, ["patch_embed.proj.", ".ls1.gamma"]),
        (Dino, ["patch_embed.proj.", "register_tokens"]),
        ($"{Dino} of Hugging Face", ["layer_scale1.lambda1"]),
        ("DINO", ["patch_embed.proj.", "head.last_layer."]),
        ("Swin or BEiT", ["relative_position_bias_table"]),
        ("a ViT of timm", ["patch_embed.proj.", "blocks.0.attn.qkv."]),
        ("a ViT of Hugging Face", ["embeddings.patch_embeddings.projection."]),
        ("a ViT of torchvision", ["conv_proj.", "encoder.layers.encoder_layer_0."]),
        ("ConvNeXt", ["stages.0.", ".conv_dw."]),
        ("ConvNeXt", ["downsample_layers."]),
        ("ConvNeXt of torchvision", ["features.1.0.block.0.", ".layer_scale$"]),
        ("a ResNet, as of torchvision or timm", ["layer1.0.conv1.", "bn1."]),
        ("a ResNet of Hugging Face", ["embedder.embedder.convolution."]),
        ("EfficientNet or MobileNet", ["conv_stem."]),
        ("EfficientNet or MobileNet", ["features.0.0.weight$"]),
    ];

    private static readonly (string Tower, string[] Image, string[] Text)[] Towers =
    [
        ("CLIP", ["^visual.conv1.weight$"], ["^token_embedding.weight$"]),
        ("CLIP", ["^conv1.weight$", "^ln_pre.weight$"], ["^token_embedding.weight$"]),
        ("Hugging Face's CLIP", ["^vision_model.embeddings.class_embedding$"], ["^text_model.embeddings.token_embedding.weight$"]),
    ];

    /// <summary>Whether it is a DINOv2, whoever named its tensors.</summary>
    /// <param name="names">All names, without wrappers.</param>
    public static bool IsDino(IEnumerable<string> names) => Guess(names)?.Family.StartsWith(Dino, StringComparison.Ordinal) == true;

    /// <summary>The family and one of the names that speak for it; null where nothing does.</summary>
    /// <param name="names">All names, without wrappers.</param>
    public static (string Family, string Name)? Guess(IEnumerable<string> names)
    {
        string[] marked = [.. names.Select(name => $"^{name}$")];
        foreach ((string family, string[] marks) in Families)
        {
            if (marks.All(mark => Find(mark) is not null)) return (family, Find(marks[^1])!.Trim('^', '$'));
        }
        foreach ((string tower, string[] image, string[] text) in Towers)
        {
            bool hasImage = image.All(mark => Find(mark) is not null), hasText = text.All(mark => Find(mark) is not null);
            if (hasImage && hasText) return null;
            if (hasImage) return ($"the image tower of {tower} alone", image[^1].Trim('^', '$'));
            if (hasText) return ($"the text tower of {tower} alone", text[^1].Trim('^', '$'));
        }
        return null;

        string? Find(string mark) => Array.Find(marked, name => name.Contains(mark, StringComparison.Ordinal));
    }
}
