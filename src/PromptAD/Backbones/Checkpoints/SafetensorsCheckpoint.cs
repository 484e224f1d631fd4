using PromptAD.Files;

namespace PromptAD.Backbones;

/// <summary>Weights in a safetensors file.</summary>
internal sealed class SafetensorsCheckpoint : Checkpoint
{
    private readonly string path;
    private readonly SafetensorsFile file;
    private readonly Dictionary<string, string> storedNames;
    private readonly Dictionary<string, TensorEntry> tensors = [];

    /// <exception cref="PromptADException">The file cannot be read or is not safetensors.</exception>
    public SafetensorsCheckpoint(string path)
    {
        this.path = path;
        file = SafetensorsFile.Open(path);
        try
        {
            storedNames = WithoutWrapper([.. file.Tensors.Keys]);
        }
        catch (InvalidDataException e)
        {
            file.Dispose();
            throw new PromptADException($"Cannot read '{path}' as safetensors: {e.Message}. Make or copy the file again.", e);
        }
        foreach ((string name, string stored) in storedNames) tensors[name] = file.Tensors[stored] with { Name = name };
    }

    public override IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    public override void Read(string name, Span<float> destination)
    {
        if (!storedNames.TryGetValue(name, out string? stored))
            throw new PromptADException($"Cannot read '{path}' as safetensors: tensor '{name}' is missing. Give all weights.");
        file.ReadFloats(stored, destination);
    }

    public override void Dispose() => file.Dispose();
}
