using Microsoft.ML.OnnxRuntime;

namespace PromptAD.Encoders.Clip;

/// <summary>What the encoder made of some images: row-major, not normalised, alive until disposed.</summary>
/// <param name="outputs">The graph's outputs.</param>
/// <param name="released">Told once when the outputs have been freed.</param>
internal sealed class ClipFeatures(IDisposableReadOnlyCollection<OrtValue> outputs, Action released) : IDisposable
{
    private int disposed;

    /// <summary>Global features, (images, E).</summary>
    public ReadOnlySpan<float> Cls => outputs[0].GetTensorDataAsSpan<float>();

    /// <summary>Patch tokens of the v-v stream, (images, patches, E).</summary>
    public ReadOnlySpan<float> Tokens => outputs[1].GetTensorDataAsSpan<float>();

    /// <summary>Patch tokens of a memory layer, counted from 0, (images, patches, width).</summary>
    public ReadOnlySpan<float> Memory(int layer) => outputs[2 + layer].GetTensorDataAsSpan<float>();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        outputs.Dispose();
        released();
    }
}
