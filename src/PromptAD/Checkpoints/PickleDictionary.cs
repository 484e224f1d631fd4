namespace PromptAD.Checkpoints;

/// <summary>A Python dictionary, whose keys may be anything, in the order of its items.</summary>
internal sealed class PickleDictionary
{
    private readonly List<(object? Key, object? Value)> items = [];

    public void Add(object? key, object? value) => items.Add((key, value));

    /// <summary>All values, in the order of the items.</summary>
    public IEnumerable<object?> Values => items.Select(item => item.Value);

    /// <summary>The items whose key is a name, in their order; a name may come twice.</summary>
    public IEnumerable<(string Name, object? Value)> Named =>
        items.Where(item => item.Key is string).Select(item => ((string)item.Key!, item.Value));

    /// <summary>The value under a name, or null.</summary>
    public object? this[string name] => items.FindLast(item => item.Key is string key && key == name).Value;

    /// <summary>The tensors whose key is a name; where a name comes twice the last one counts, as in Python.</summary>
    public Dictionary<string, TorchView> Tensors()
    {
        var tensors = new Dictionary<string, TorchView>();
        foreach ((string name, object? value) in Named)
        {
            if (value is TorchView view) tensors[name] = view;
        }
        return tensors;
    }
}
