using System.Text.RegularExpressions;
using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>
/// Translates the names of a DINOv2 in Hugging Face's <c>Dinov2Model</c> and in timm into Meta's. In the first, query, key and value lie in
/// three matrices, and here below each other in one. The second keeps the place of the class token in the token itself where a model has
/// registers, so that its table has no row for it.
/// </summary>
internal static partial class DinoNames
{
    private static readonly string[] Joined = ["query", "key", "value"];

    private static readonly Dictionary<string, string> Parts = new()
    {
        ["embeddings.cls_token"] = "cls_token",
        ["embeddings.mask_token"] = "mask_token",
        ["embeddings.register_tokens"] = "register_tokens",
        ["embeddings.position_embeddings"] = "pos_embed",
        ["embeddings.patch_embeddings.projection.weight"] = "patch_embed.proj.weight",
        ["embeddings.patch_embeddings.projection.bias"] = "patch_embed.proj.bias",
        ["layernorm.weight"] = "norm.weight",
        ["layernorm.bias"] = "norm.bias",
        ["reg_token"] = "register_tokens",
    };

    private static readonly Dictionary<string, string> BlockParts = new()
    {
        ["norm1.weight"] = "norm1.weight",
        ["norm1.bias"] = "norm1.bias",
        ["norm2.weight"] = "norm2.weight",
        ["norm2.bias"] = "norm2.bias",
        ["attention.output.dense.weight"] = "attn.proj.weight",
        ["attention.output.dense.bias"] = "attn.proj.bias",
        ["layer_scale1.lambda1"] = "ls1.gamma",
        ["layer_scale2.lambda1"] = "ls2.gamma",
        ["mlp.fc1.weight"] = "mlp.fc1.weight",
        ["mlp.fc1.bias"] = "mlp.fc1.bias",
        ["mlp.fc2.weight"] = "mlp.fc2.weight",
        ["mlp.fc2.bias"] = "mlp.fc2.bias",
        ["mlp.weights_in.weight"] = "mlp.w12.weight",
        ["mlp.weights_in.bias"] = "mlp.w12.bias",
        ["mlp.weights_out.weight"] = "mlp.w3.weight",
        ["mlp.weights_out.bias"] = "mlp.w3.bias",
    };

    /// <summary>Whether the names may be a DINOv2's: its layers are scaled under names that CLIP's are not.</summary>
    /// <param name="names">The names without wrappers.</param>
    public static bool AreKnown(IReadOnlyCollection<string> names) => names.Any(name => LayerScale().IsMatch(name));

    /// <summary>What each tensor is made of, by Meta's name, or by its own where that is no name of a DINOv2.</summary>
    /// <param name="names">The stored names by the names without wrappers.</param>
    /// <param name="stored">The tensors by the stored names.</param>
    public static Dictionary<string, TensorSource> Translate(
        IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, TensorEntry> stored)
    {
        var sources = new Dictionary<string, TensorSource>();
        var left = new HashSet<string>(names.Keys);
        bool isWithoutClassPlace = names.ContainsKey("reg_token");
        foreach (string name in names.Keys)
        {
            (string target, string[] parts) = Translate(name);
            if (IsGated(name, names, stored)) target = target.Replace("fc1", "w12").Replace("fc2", "w3");
            int rows = isWithoutClassPlace && target == "pos_embed" ? 1 : 0;
            bool isTaken = target == name ? rows == 0 : names.ContainsKey(target);
            if (isTaken || sources.ContainsKey(target) || !parts.All(names.ContainsKey)) continue;
            var source = new TensorSource([.. parts.Select(part => names[part])]) { RowsInFront = rows };
            if (source.ShapeOf(stored) is null) continue;
            sources.Add(target, source);
            left.ExceptWith(parts);
        }
        foreach (string name in left) sources[name] = new TensorSource(names[name]);
        return sources;
    }

    private static (string Target, string[] Parts) Translate(string name)
    {
        string plain = Wrapper().Replace(name, "");
        if (Parts.TryGetValue(plain, out string? part)) return (part, [name]);
        if (Block().Match(plain) is not { Success: true } match) return (name, [name]);
        string block = $"blocks.{match.Groups["layer"].Value}.", inner = match.Groups["part"].Value;
        if (BlockParts.TryGetValue(inner, out string? known)) return (block + known, [name]);
        if (Query().Match(inner) is not { Success: true } query) return (name, [name]);
        string[] matrices = [.. Joined.Select(matrix => name.Replace(".query.", $".{matrix}.", StringComparison.Ordinal))];
        return ($"{block}attn.qkv.{query.Groups["kind"].Value}", matrices);
    }

    /// <summary>Whether a layer that timm calls as in a plain MLP gives gates and values: twice as many as the next reads.</summary>
    private static bool IsGated(
        string name, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, TensorEntry> stored)
    {
        if (FeedForward().Match(name) is not { Success: true } match) return false;
        long[]? ShapeOf(string layer) =>
            names.TryGetValue($"{match.Groups["block"].Value}{layer}.weight", out string? found) ? stored[found].Shape : null;
        return ShapeOf("fc1") is [var first, _] && ShapeOf("fc2") is [_, var second] && first == 2 * second;
    }

    [GeneratedRegex(@"(^|\.)(ls1\.gamma|layer_scale1\.lambda1)$")]
    private static partial Regex LayerScale();

    [GeneratedRegex(@"^(dinov2|dinov2_with_registers)\.")]
    private static partial Regex Wrapper();

    [GeneratedRegex(@"^encoder\.layer\.(?<layer>[0-9]+)\.(?<part>[a-z0-9_.]+)$")]
    private static partial Regex Block();

    [GeneratedRegex(@"^attention\.attention\.query\.(?<kind>weight|bias)$")]
    private static partial Regex Query();

    [GeneratedRegex(@"^(?<block>blocks\.[0-9]+\.mlp\.)fc[12]\.(weight|bias)$")]
    private static partial Regex FeedForward();
}
