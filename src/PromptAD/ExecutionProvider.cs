namespace PromptAD;

/// <summary>
/// What ONNX Runtime computes the encoder on. All but <see cref="Cpu"/> need another native package of the runtime in place of the one
/// that this library brings; <see cref="Cpu"/> and, on Linux, <see cref="Cuda"/> have been tested.
/// </summary>
public enum ExecutionProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>
    /// NVIDIA CUDA 13 with cuDNN 9: package Microsoft.ML.OnnxRuntime.Gpu.Linux or .Windows. Scores are the processor's: products are not
    /// rounded to TF32. Not for <see cref="BackbonePrecision.Int8"/>.
    /// </summary>
    Cuda,

    /// <summary>NVIDIA TensorRT: package Microsoft.ML.OnnxRuntime.Gpu. Untested.</summary>
    TensorRt,

    /// <summary>DirectX 12 on Windows: package Microsoft.ML.OnnxRuntime.DirectML. Untested.</summary>
    DirectMl,

    /// <summary>Intel OpenVINO: package Intel.ML.OnnxRuntime.OpenVino. Untested.</summary>
    OpenVino,

    /// <summary>Apple Core ML: in the macOS build of package Microsoft.ML.OnnxRuntime. Untested.</summary>
    CoreMl,
}
