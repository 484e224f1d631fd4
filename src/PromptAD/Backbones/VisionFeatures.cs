using Microsoft.ML.OnnxRuntime;

namespace PromptAD.Backbones;

/// <summary>What the encoder made of some images: row-major, not normalised, alive until disposed.</summary>
internal sealed class VisionFeatures : IDisposable
{
    private readonly IDisposableReadOnlyCollection<OrtValue>? outputs;
    private readonly Action? released;
    private readonly float[][] arrays = [];
    private int disposed;

    /// <param name="outputs">The graph's outputs.</param>
    /// <param name="released">Told once when the outputs have been freed.</param>
    public VisionFeatures(IDisposableReadOnlyCollection<OrtValue> outputs, Action released) =>
        (this.outputs, this.released) = (outputs, released);

    /// <param name="arrays">The outputs in their order; not written to, so that they may be shared.</param>
    public VisionFeatures(float[][] arrays) => this.arrays = arrays;

    /// <summary>Global features, (images, E).</summary>
    public ReadOnlySpan<float> Cls => Output(0);

    /// <summary>Patch tokens of the v-v stream, (images, patches, E).</summary>
    public ReadOnlySpan<float> Tokens => Output(1);

    /// <summary>Patch tokens of a memory layer, counted from 0, (images, patches, width).</summary>
    public ReadOnlySpan<float> Memory(int layer) => Output(2 + layer);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        outputs?.Dispose();
        released?.Invoke();
    }

    private ReadOnlySpan<float> Output(int place) => outputs is null ? arrays[place] : outputs[place].GetTensorDataAsSpan<float>();
}
