using PromptAD.Files;

namespace PromptAD.Backbones;

/// <summary>Weights in a safetensors file.</summary>
internal sealed class SafetensorsCheckpoint(string path) : Checkpoint
{
    private readonly SafetensorsFile file = SafetensorsFile.Open(path);

    public override IReadOnlyDictionary<string, TensorEntry> Tensors => file.Tensors;

    public override void Read(string name, Span<float> destination) => file.ReadFloats(name, destination);

    public override void Dispose() => file.Dispose();
}
