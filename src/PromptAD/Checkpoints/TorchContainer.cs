namespace PromptAD.Checkpoints;

/// <summary>A file of torch.save: an object that names storages, and the storages' bytes.</summary>
internal abstract class TorchContainer : IDisposable
{
    /// <summary>What was saved.</summary>
    public abstract object? Root { get; }

    /// <summary>The bytes of a storage, or -1 if the file has no such storage.</summary>
    public abstract long LengthOf(string storage);

    /// <summary>Reads bytes of a storage from <paramref name="offset"/> on.</summary>
    public abstract void Read(string storage, long offset, Span<byte> destination);

    /// <inheritdoc/>
    public abstract void Dispose();
}
