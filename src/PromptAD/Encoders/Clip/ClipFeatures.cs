using PromptAD.Onnx;

namespace PromptAD.Encoders.Clip;

/// <summary>What the encoder made of some pictures: row-major, not normalised, alive until disposed.</summary>
/// <param name="outputs">The graph's outputs.</param>
internal sealed class ClipFeatures(SessionOutputs outputs) : IDisposable
{
    /// <summary>Global features, (images, E).</summary>
    public ReadOnlySpan<float> Cls => outputs[0];

    /// <summary>Patch tokens of the v-v stream, (images, patches, E).</summary>
    public ReadOnlySpan<float> Tokens => outputs[1];

    /// <summary>Patch tokens of a memory layer, counted from 0, (images, patches, width).</summary>
    public ReadOnlySpan<float> Memory(int layer) => outputs[2 + layer];

    /// <inheritdoc/>
    public void Dispose() => outputs.Dispose();
}
