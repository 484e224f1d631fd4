using System.Text.RegularExpressions;
using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>
/// Translates the names of Hugging Face's <c>CLIPModel</c> into open_clip's. Query, key and value lie in three matrices there and below
/// each other in one here; the two projections are transposed.
/// </summary>
internal static partial class HuggingFaceNames
{
    private static readonly string[] Joined = ["q_proj", "k_proj", "v_proj"];

    private static readonly Dictionary<string, string> Parts = new()
    {
        ["vision_model.embeddings.class_embedding"] = "visual.class_embedding",
        ["vision_model.embeddings.patch_embedding.weight"] = "visual.conv1.weight",
        ["vision_model.embeddings.position_embedding.weight"] = "visual.positional_embedding",
        ["vision_model.pre_layrnorm.weight"] = "visual.ln_pre.weight", // spelled so
        ["vision_model.pre_layrnorm.bias"] = "visual.ln_pre.bias",
        ["vision_model.pre_layernorm.weight"] = "visual.ln_pre.weight",
        ["vision_model.pre_layernorm.bias"] = "visual.ln_pre.bias",
        ["vision_model.post_layernorm.weight"] = "visual.ln_post.weight",
        ["vision_model.post_layernorm.bias"] = "visual.ln_post.bias",
        ["text_model.embeddings.token_embedding.weight"] = "token_embedding.weight",
        ["text_model.embeddings.position_embedding.weight"] = "positional_embedding",
        ["text_model.final_layer_norm.weight"] = "ln_final.weight",
        ["text_model.final_layer_norm.bias"] = "ln_final.bias",
    };

    private static readonly Dictionary<string, string> Projections = new()
    {
        ["visual_projection.weight"] = "visual.proj",
        ["text_projection.weight"] = "text_projection",
    };

    private static readonly Dictionary<string, string> BlockParts = new()
    {
        ["layer_norm1"] = "ln_1",
        ["layer_norm2"] = "ln_2",
        ["self_attn.out_proj"] = "attn.out_proj",
        ["mlp.fc1"] = "mlp.c_fc",
        ["mlp.fc2"] = "mlp.c_proj",
    };

    /// <summary>What each tensor is made of, by open_clip's name, or by its own where that is no name of <c>CLIPModel</c>.</summary>
    /// <param name="names">The stored names by the names without wrappers.</param>
    /// <param name="stored">The tensors by the stored names.</param>
    public static Dictionary<string, TensorSource> Translate(
        IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, TensorEntry> stored)
    {
        var sources = new Dictionary<string, TensorSource>();
        var left = new HashSet<string>(names.Keys);
        foreach (string name in names.Keys) Add(name);
        foreach (string name in left) sources[name] = new TensorSource(names[name]);
        return sources;

        void Add(string name)
        {
            if (Translate(name) is not var (target, parts, transposed) || names.ContainsKey(target) || sources.ContainsKey(target)) return;
            if (!parts.All(names.ContainsKey)) return;
            var source = new TensorSource([.. parts.Select(part => names[part])], transposed);
            if (source.ShapeOf(stored) is null) return;
            sources.Add(target, source);
            left.ExceptWith(parts);
        }
    }

    private static (string Target, string[] Parts, bool Transposed)? Translate(string name)
    {
        if (Parts.TryGetValue(name, out string? part)) return (part, [name], false);
        if (Projections.TryGetValue(name, out string? projection)) return (projection, [name], true);
        if (Block().Match(name) is not { Success: true } match) return null;
        string block = $"{(match.Groups["tower"].Value == "vision" ? "visual." : "")}transformer.resblocks.{match.Groups["layer"].Value}";
        (string inner, string kind) = (match.Groups["part"].Value, match.Groups["kind"].Value);
        if (BlockParts.TryGetValue(inner, out string? known)) return ($"{block}.{known}.{kind}", [name], false);
        if (inner != "self_attn.q_proj") return null;
        string[] matrices = [.. Joined.Select(matrix => name.Replace(Joined[0], matrix, StringComparison.Ordinal))];
        return ($"{block}.attn.in_proj_{kind}", matrices, false);
    }

    [GeneratedRegex(@"^(?<tower>vision|text)_model\.encoder\.layers\.(?<layer>[0-9]+)\.(?<part>[a-z0-9_.]+)\.(?<kind>weight|bias)$")]
    private static partial Regex Block();
}
