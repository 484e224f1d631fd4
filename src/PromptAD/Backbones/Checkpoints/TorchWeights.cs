using PromptAD.Files;

namespace PromptAD.Backbones;

/// <summary>Finds the weights in what torch.save was given: a state dict, or a training checkpoint that holds one somewhere.</summary>
internal static class TorchWeights
{
    private const int Deepest = 4;

    // In the order of preference, where a file has several.
    private static readonly string[] Keys =
    [
        "state_dict", "model_state_dict", "model_state", "model", "module", "net", "network", "clip", "weights", "params",
        "ema_state_dict", "state_dict_ema", "model_ema", "ema", "params_ema",
    ];

    /// <summary>The tensors by name.</summary>
    /// <exception cref="NotSupportedException">There are none.</exception>
    public static Dictionary<string, TorchView> Find(object? root)
    {
        if (root is PickleInert model)
            throw new NotSupportedException($"it holds a whole model ({Printable.Line(model.Name)}) and no dictionary of tensors");
        if (root is not PickleDictionary dictionary) throw new NotSupportedException("it holds no dictionary of tensors");
        if (FindUnderKeys(dictionary, Deepest, NothingSeen()) is { } known) return known;
        Dictionary<string, TorchView> most = Largest(dictionary, Deepest, NothingSeen());
        if (most.Count > 0) return most;
        PickleInert? whole = Keys.Select(key => dictionary[key]).OfType<PickleInert>().FirstOrDefault();
        string instead = whole is null ? "" : $" beside a whole model ({Printable.Line(whole.Name)})";
        throw new NotSupportedException($"it holds no tensors{instead}");
    }

    private static Dictionary<string, TorchView>? FindUnderKeys(PickleDictionary dictionary, int depth, HashSet<object> seen)
    {
        if (depth == 0) return null;
        foreach (string key in Keys)
        {
            if (dictionary[key] is not PickleDictionary inner || !seen.Add(inner)) continue;
            if (FindUnderKeys(inner, depth - 1, seen) is { } deeper) return deeper;
            if (inner.Tensors() is { Count: > 0 } own) return own;
        }
        return null;
    }

    // Dictionaries may hold each other, in circles too.
    private static HashSet<object> NothingSeen() => new(ReferenceEqualityComparer.Instance);

    // A training checkpoint may call its weights anything; beside them, counters and an optimizer's averages may be tensors too.
    private static Dictionary<string, TorchView> Largest(PickleDictionary dictionary, int depth, HashSet<object> seen)
    {
        Dictionary<string, TorchView> largest = dictionary.Tensors();
        if (depth == 0) return largest;
        foreach (PickleDictionary inner in dictionary.Values.OfType<PickleDictionary>().Where(seen.Add))
        {
            Dictionary<string, TorchView> own = Largest(inner, depth - 1, seen);
            if (own.Count > largest.Count) largest = own;
        }
        return largest;
    }
}
