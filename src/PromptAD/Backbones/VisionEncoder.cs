using Microsoft.ML.OnnxRuntime;
using PromptAD.Backbones.Onnx;
using PromptAD.Files;

namespace PromptAD.Backbones;

/// <summary>Runs a backbone's vision graph on ONNX Runtime. Safe to use from several threads.</summary>
internal sealed class VisionEncoder : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();
    private readonly VisionConfiguration configuration;
    private readonly string[] outputNames;

    /// <param name="graphPath">The backbone's <c>vision.onnx</c>.</param>
    /// <param name="configuration">The sizes it was built for.</param>
    /// <param name="threads">Threads for one run; 0 lets the runtime take all cores.</param>
    public VisionEncoder(string graphPath, VisionConfiguration configuration, int threads = 0)
    {
        this.configuration = configuration;
        IEnumerable<string> memory = Enumerable.Range(0, configuration.MemoryTaps.Blocks.Count).Select(VisionGraph.Memory);
        outputNames = [VisionGraph.Cls, VisionGraph.Tokens, .. memory];
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        try
        {
            session = new InferenceSession(graphPath, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new PromptADException(
                $"Cannot load the vision encoder '{graphPath}': {AtomicFile.Reason(e)}. Import the backbone again.", e);
        }
    }

    /// <summary>Encodes normalised images, (count, 3, size, size).</summary>
    public VisionFeatures Encode(Memory<float> images, int count)
    {
        int size = configuration.ImageSize;
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, images, [count, 3, size, size]);
        return new VisionFeatures(session.Run(runOptions, [VisionGraph.Image], [input], outputNames));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        runOptions.Dispose();
        session.Dispose();
    }
}
