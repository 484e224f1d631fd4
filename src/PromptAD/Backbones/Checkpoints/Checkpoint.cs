using PromptAD.Files;

namespace PromptAD.Backbones;

/// <summary>Named weights as somebody stored or computes them. Only one tensor is in memory at a time.</summary>
internal abstract class Checkpoint : IDisposable
{
    public static Checkpoint Open(string path) => new SafetensorsCheckpoint(path);

    /// <summary>The tensors by name, without a training wrapper's <c>module.</c> prefix.</summary>
    public abstract IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>Reads a tensor as float32, row-major, into memory of exactly its number of elements.</summary>
    public abstract void Read(string name, Span<float> destination);

    /// <inheritdoc/>
    public abstract void Dispose();
}
