using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>The weights in a file of torch.save: a state dict, or a training checkpoint that holds one.</summary>
internal sealed class TorchCheckpoint : Checkpoint
{
    private readonly string path;
    private readonly TorchContainer container;
    private readonly Dictionary<string, TorchView> views = [];
    private readonly Dictionary<string, TensorEntry> tensors = [];

    private TorchCheckpoint(string path, TorchContainer container, long fileLength)
    {
        this.path = path;
        this.container = container;
        foreach ((string name, TorchView view) in TorchWeights.Find(container.Root))
        {
            CheckName(name);
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
            throw new PromptADException(
                Problem.Damaged,
                $"Cannot read '{path}' as PyTorch weights: tensor '{name}' is missing. Give all weights.");
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

    private static bool IsOfFile(Exception e) =>
        e is InvalidDataException or NotSupportedException or IOException or UnauthorizedAccessException;

    private static PromptADException Unreadable(string path, Exception e)
    {
        string advice = e is NotSupportedException
            ? "Save the model's state_dict alone, best as safetensors, and give that"
            : "Copy or download the file again";
        return new PromptADException(Problem.Damaged, $"Cannot read '{path}' as PyTorch weights: {AtomicFile.Reason(e)}. {advice}.", e);
    }
}
