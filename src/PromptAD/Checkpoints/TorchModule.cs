namespace PromptAD.Checkpoints;

/// <summary>
/// Takes the tensors out of a whole model that was saved instead of its state dict, by PyTorch or as TorchScript: its parts are attributes
/// of each other, and a tensor's name is the way to it.
/// </summary>
internal static class TorchModule
{
    private const int Deepest = 64;

    // What PyTorch's own modules keep their parts in; TorchScript's have them as plain attributes.
    private static readonly string[] Containers = ["_parameters", "_buffers", "_modules"];

    /// <summary>The tensors by the names that the model's state dict would give them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seen">What has been looked at; a part that is there already is passed over.</param>
    /// <exception cref="InvalidDataException">A name is longer than any.</exception>
    public static Dictionary<string, TorchView> Tensors(PickleInert model, HashSet<object> seen)
    {
        var tensors = new Dictionary<string, TorchView>();
        Add(model, "", Deepest, tensors, seen);
        return tensors;
    }

    private static void Add(PickleInert module, string prefix, int depth, Dictionary<string, TorchView> tensors, HashSet<object> seen)
    {
        if (depth == 0 || module.State is not PickleDictionary state || !seen.Add(state)) return;
        PickleDictionary[] own = [.. Containers.Select(container => state[container]).OfType<PickleDictionary>()];
        IEnumerable<PickleDictionary> parts = own.Length > 0 ? own.Where(seen.Add) : [state];
        foreach ((string name, object? value) in parts.SelectMany(part => part.Named))
        {
            if (value is not TorchView and not PickleInert) continue;
            string path = prefix + name;
            Checkpoint.CheckName(path);
            if (value is TorchView view) tensors[path] = view;
            else Add((PickleInert)value, path + '.', depth - 1, tensors, seen);
        }
    }
}
