using PromptAD.Files;

namespace PromptAD.Backbones;

/// <summary>The weights in a file of torch.save: a state dict, or a training checkpoint that holds one.</summary>
internal sealed class TorchCheckpoint : Checkpoint
{
    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model"];

    private readonly string path;
    private readonly TorchContainer container;
    private readonly Dictionary<string, TorchView> views = [];
    private readonly Dictionary<string, TensorEntry> tensors = [];

    private TorchCheckpoint(string path, TorchContainer container, long fileLength)
    {
        this.path = path;
        this.container = container;
        Dictionary<string, TorchView> stored = FindWeights(container.Root);
        foreach ((string name, string storedName) in WithoutWrapper(stored.Keys))
        {
            TorchView view = stored[storedName];
            string? fault = view.Fault(container.LengthOf(view.Storage.Key), fileLength);
            if (fault is not null) throw new InvalidDataException($"tensor '{name}' {fault}");
            views.Add(name, view);
            tensors.Add(name, new TensorEntry(name, view.Storage.Type, view.Shape));
        }
    }

    public override IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    /// <summary>Opens a file whose container is known.</summary>
    /// <exception cref="PromptADException">The file is damaged or holds more than weights. Nothing in it was run.</exception>
    public static TorchCheckpoint Open(string path, Func<Stream, TorchContainer> read)
    {
        FileStream? stream = null;
        try
        {
            stream = File.OpenRead(path);
            return new TorchCheckpoint(path, read(stream), stream.Length);
        }
        catch (Exception e)
        {
            stream?.Dispose();
            if (IsOfFile(e)) throw Unreadable(path, e);
            throw;
        }
    }

    public override void Read(string name, Span<float> destination)
    {
        if (!views.TryGetValue(name, out TorchView? view))
            throw new PromptADException($"Cannot read '{path}' as PyTorch weights: tensor '{name}' is missing. Give all weights.");
        long count = tensors[name].Count;
        if (destination.Length != count) throw new ArgumentException($"'{name}' has {count} elements.", nameof(destination));
        try
        {
            new TorchElements(container, view, name).CopyTo(destination);
        }
        catch (Exception e) when (IsOfFile(e))
        {
            throw Unreadable(path, e);
        }
    }

    public override void Dispose() => container.Dispose();

    private static Dictionary<string, TorchView> FindWeights(object? root)
    {
        if (root is not PickleDictionary dictionary) throw new NotSupportedException("it holds no dictionary of tensors");
        foreach (string wrapper in Wrappers)
        {
            if (dictionary[wrapper] is PickleDictionary inner && inner.Tensors() is { Count: > 0 } weights) return weights;
        }
        return dictionary.Tensors() is { Count: > 0 } own ? own : throw new NotSupportedException("it holds no tensors");
    }

    private static bool IsOfFile(Exception e) =>
        e is InvalidDataException or NotSupportedException or IOException or UnauthorizedAccessException;

    private static PromptADException Unreadable(string path, Exception e)
    {
        string advice = e is NotSupportedException
            ? "Save the model's state_dict alone, best as safetensors, and give that"
            : "Copy or download the file again";
        return new PromptADException($"Cannot read '{path}' as PyTorch weights: {AtomicFile.Reason(e)}. {advice}.", e);
    }
}
