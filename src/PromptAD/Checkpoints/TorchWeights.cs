using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>
/// Finds the weights in what torch.save was given: a state dict, a whole model, or a training checkpoint that holds one somewhere.
/// </summary>
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
        if (root is not PickleDictionary and not PickleInert) throw new NotSupportedException("it holds no dictionary of tensors");
        if (FindUnderKeys(root, Deepest, NothingSeen()) is { } known) return known;
        Dictionary<string, TorchView> most = Largest(root, Deepest, NothingSeen());
        if (most.Count > 0) return most;
        string what = root is PickleInert other ? $" but '{Printable.Line(other.Name)}'" : "";
        throw new NotSupportedException($"it holds no tensors{what}");
    }

    private static Dictionary<string, TorchView>? FindUnderKeys(object value, int depth, HashSet<object> seen)
    {
        if (depth == 0 || value is not PickleDictionary dictionary) return null;
        foreach (string key in Keys)
        {
            if (dictionary[key] is not { } inner || !seen.Add(inner)) continue;
            if (FindUnderKeys(inner, depth - 1, seen) is { } deeper) return deeper;
            if (Own(inner, seen) is { Count: > 0 } own) return own;
        }
        return null;
    }

    // Dictionaries and models may hold each other, in circles too; each is looked at once.
    private static HashSet<object> NothingSeen() => new(ReferenceEqualityComparer.Instance);

    // A training checkpoint may call its weights anything; beside them, counters and an optimizer's averages may be tensors too.
    private static Dictionary<string, TorchView> Largest(object value, int depth, HashSet<object> seen)
    {
        Dictionary<string, TorchView> largest = Own(value, seen);
        if (depth == 0 || value is not PickleDictionary dictionary) return largest;
        foreach (object? inner in dictionary.Values)
        {
            if (inner is not PickleDictionary and not PickleInert || !seen.Add(inner)) continue;
            Dictionary<string, TorchView> own = Largest(inner, depth - 1, seen);
            if (own.Count > largest.Count) largest = own;
        }
        return largest;
    }

    private static Dictionary<string, TorchView> Own(object value, HashSet<object> seen) => value switch
    {
        PickleDictionary dictionary => dictionary.Tensors(),
        PickleInert model => TorchModule.Tensors(model, seen),
        _ => [],
    };
}
