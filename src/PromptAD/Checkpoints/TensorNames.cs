namespace PromptAD.Checkpoints;

/// <summary>Takes off tensors' names what training programs put before them.</summary>
internal static class TensorNames
{
    private const string TextTower = "text.";

    // Wrappers that enclose a whole model, and so stand before every name.
    private static readonly string[] Outer =
        ["module", "model", "clip", "clip_model", "open_clip", "net", "network", "ema_model", "_forward_module"];

    // Wrappers that enclose a model or any part of it. No layer is called so.
    private static readonly string[] Inner = ["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"];

    // Counters of averaged models, which stand outside.
    private static readonly string[] Counters = ["n_averaged", "initted", "step"];

    /// <summary>The stored names by the names without wrappers.</summary>
    public static Dictionary<string, string> Unwrap(IReadOnlyCollection<string> stored)
    {
        string[] names = [.. stored.Select(name => string.Join('.', name.Split('.').Where(part => !Inner.Contains(part))))];
        while (FindWrapper(names) is { } wrapper) names = [.. names.Select(name => Without(wrapper, name))];
        // open_clip's CustomTextCLIP keeps the text tower in a part of its own.
        if (names.Contains(TextTower + "token_embedding.weight")) names = [.. names.Select(name => Without(TextTower, name))];
        // Two names that become one are no wrapper's doing.
        bool unique = names.Distinct().Count() == names.Length;
        return stored.Zip(names).ToDictionary(pair => unique ? pair.Second : pair.First, pair => pair.First);
    }

    private static string? FindWrapper(string[] names)
    {
        string[] wrapped = [.. names.Except(Counters)];
        if (wrapped.Length == 0) return null;
        return Outer.Select(wrapper => wrapper + '.').FirstOrDefault(prefix => wrapped.All(
            name => name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    private static string Without(string prefix, string name) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
}
