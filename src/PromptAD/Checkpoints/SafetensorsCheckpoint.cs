using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>Weights in a safetensors file.</summary>
internal sealed class SafetensorsCheckpoint : Checkpoint
{
    private readonly string path;
    private readonly SafetensorsFile file;

    /// <exception cref="PromptADException">The file cannot be read or is not safetensors.</exception>
    public SafetensorsCheckpoint(string path)
    {
        this.path = path;
        file = SafetensorsFile.Open(path);
        try
        {
            foreach (string name in file.Tensors.Keys) CheckName(name);
        }
        catch (InvalidDataException e)
        {
            file.Dispose();
            throw new PromptADException(
                Problem.Damaged,
                $"Cannot read '{path}' as safetensors: {e.Message}. Make or copy the file again.", e);
        }
    }

    public override IReadOnlyDictionary<string, TensorEntry> Tensors => file.Tensors;

    public override void Read(string name, Span<float> destination)
    {
        if (!file.Tensors.ContainsKey(name))
            throw new PromptADException(
                Problem.Damaged,
                $"Cannot read '{path}' as safetensors: tensor '{name}' is missing. Give all weights.");
        file.ReadFloats(name, destination);
    }

    public override void Dispose() => file.Dispose();
}
