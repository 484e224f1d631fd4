using Microsoft.ML.OnnxRuntime;
using PromptAD.Files;

namespace PromptAD.Onnx;

/// <summary>
/// One of the runtime's sessions, run by several threads at once. It is freed when it has been disposed and the outputs of every run have
/// been: freeing it under a run would end the process.
/// </summary>
/// <param name="session">The session, which this owns from now on.</param>
/// <param name="beside">
/// The same with fewer threads, for a run that begins beside another: two runs with all threads each are slower than two with half of them.
/// Owned as well; null for none.
/// </param>
internal sealed class SharedSession(InferenceSession session, InferenceSession? beside = null) : IDisposable
{
    private readonly RunOptions options = EncoderSession.NewRun();
    private readonly Lock gate = new();
    private int running;
    private bool disposed;

    /// <summary>Opens sessions of a graph over a backbone's weights file.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="folder">The backbone's folder.</param>
    /// <param name="options">Threads, provider, and for how many pictures at once.</param>
    /// <exception cref="PromptADException">
    /// ONNX Runtime's native library is missing, the provider is not there, or the weights cannot be loaded.
    /// </exception>
    public static SharedSession Open(ModelProto graph, string folder, EncoderOptions options)
    {
        InferenceSession session = EncoderSession.Open(graph, folder, options);
        try
        {
            return new SharedSession(session, options.Beside() is { } fewer ? EncoderSession.Open(graph, folder, fewer) : null);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs it on one input.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="values">The input's values.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="outputs">The names of the outputs that are wanted.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="PromptADException">The runtime failed, such as for lack of memory.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public SessionOutputs Run(
        string name, Memory<float> values, long[] shape, IReadOnlyCollection<string> outputs, CancellationToken cancellation)
    {
        InferenceSession chosen;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(Backbone));
            chosen = running++ == 0 ? session : beside ?? session;
        }
        try
        {
            cancellation.ThrowIfCancellationRequested();
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, shape);
            if (!cancellation.CanBeCanceled) return new SessionOutputs(chosen.Run(options, [name], [input], outputs), EndRun);
            using RunOptions own = EncoderSession.NewRun(); // what ends a run ends all runs with the same options
            using CancellationTokenRegistration ending = EncoderSession.EndWith(own, cancellation);
            return new SessionOutputs(chosen.Run(own, [name], [input], outputs), EndRun);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            EndRun();
            throw new OperationCanceledException(cancellation);
        }
        catch (OnnxRuntimeException e)
        {
            EndRun();
            throw new PromptADException(
                Problem.Environment,
                $"The vision encoder failed: {AtomicFile.Reason(e)}. Check free memory and the backbone.", e);
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
        options.Dispose();
        session.Dispose();
        beside?.Dispose();
    }
}

/// <summary>What a run made, alive until disposed.</summary>
/// <param name="outputs">The outputs.</param>
/// <param name="released">Told once when they have been freed.</param>
internal sealed class SessionOutputs(IDisposableReadOnlyCollection<OrtValue> outputs, Action released) : IDisposable
{
    private int disposed;

    /// <summary>The values of an output, counted from 0 in the order asked for.</summary>
    public ReadOnlySpan<float> this[int output] => outputs[output].GetTensorDataAsSpan<float>();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        outputs.Dispose();
        released();
    }
}
