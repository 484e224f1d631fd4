using Microsoft.ML.OnnxRuntime;
using PromptAD.Backbones.Onnx;
using PromptAD.Files;

namespace PromptAD.Backbones;

/// <summary>
/// Runs a backbone's vision graph on ONNX Runtime. Safe to use from several threads. The native session is freed when it has been disposed
/// and the features of every run have been: freeing it under a run would end the process.
/// </summary>
internal sealed class VisionEncoder : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();
    private readonly VisionConfiguration configuration;
    private readonly string[] outputNames;
    private readonly Lock gate = new();
    private int running;
    private bool disposed;

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
    /// <exception cref="PromptADException">The runtime failed, such as for want of memory.</exception>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    public VisionFeatures Encode(Memory<float> images, int count)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(Backbone));
            running++;
        }
        try
        {
            int size = configuration.ImageSize;
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, images, [count, 3, size, size]);
            return new VisionFeatures(session.Run(runOptions, [VisionGraph.Image], [input], outputNames), EndRun);
        }
        catch (OnnxRuntimeException e)
        {
            EndRun();
            throw new PromptADException($"The vision encoder failed: {AtomicFile.Reason(e)}. Check free memory and the backbone.", e);
        }
        catch
        {
            EndRun();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            if (running > 0) return; // the last run frees
        }
        Free();
    }

    private void EndRun()
    {
        lock (gate)
        {
            if (--running > 0 || !disposed) return;
        }
        Free();
    }

    private void Free()
    {
        runOptions.Dispose();
        session.Dispose();
    }
}
