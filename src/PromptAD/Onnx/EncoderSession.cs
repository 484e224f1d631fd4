using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using PromptAD.Files;

namespace PromptAD.Onnx;

/// <summary>
/// Opens the runtime's sessions, all of this library: mostly of a graph that was built in memory over the weights file of a backbone's
/// folder, which the runtime maps.
/// </summary>
internal static class EncoderSession
{
    private const string WeightsFolder = "session.model_external_initializers_file_folder_path";

    /// <summary>Else its threads turn in a loop for a while after each picture, on the cores that the look-up needs then.</summary>
    public const string StopSpinning = "session.force_spinning_stop";

    private static readonly Dictionary<ExecutionProvider, (string Name, string Package, Action<SessionOptions> Append)> Providers = new()
    {
        [ExecutionProvider.Cuda] =
            ("CUDAExecutionProvider", "Microsoft.ML.OnnxRuntime.Gpu", AppendCuda),
        [ExecutionProvider.TensorRt] =
            ("TensorrtExecutionProvider", "Microsoft.ML.OnnxRuntime.Gpu", options => options.AppendExecutionProvider_Tensorrt()),
        [ExecutionProvider.DirectMl] =
            ("DmlExecutionProvider", "Microsoft.ML.OnnxRuntime.DirectML", options => options.AppendExecutionProvider_DML()),
        [ExecutionProvider.OpenVino] =
            ("OpenVINOExecutionProvider", "Intel.ML.OnnxRuntime.OpenVino", options => options.AppendExecutionProvider_OpenVINO()),
        [ExecutionProvider.CoreMl] =
            ("CoreMLExecutionProvider", "Microsoft.ML.OnnxRuntime", options => options.AppendExecutionProvider_CoreML()),
    };

    /// <remarks>
    /// Nothing leaves the plant unasked: without this, the runtime keeps a database of usage events in the user's folder, to be sent to its
    /// maker. It reads the variable when it is loaded.
    /// </remarks>
    static EncoderSession() => NativeEnvironment.SetDefault("ORT_DISABLE_TELEMETRY", "1");

    /// <summary>Options of a run. Made here, because they load the runtime: the variable above must be set by then.</summary>
    /// <exception cref="PromptADException">ONNX Runtime's native library is missing.</exception>
    public static RunOptions NewRun()
    {
        RequireRuntime();
        return new RunOptions();
    }

    /// <summary>
    /// Lets a token end the run with these options, behind the operator that it is in and with an exception of the runtime; to be disposed
    /// before they are.
    /// </summary>
    public static CancellationTokenRegistration EndWith(RunOptions run, CancellationToken cancellation) =>
        cancellation.UnsafeRegister(options => ((RunOptions)options!).Terminate = true, run);

    /// <summary>Opens a whole model, on the processor.</summary>
    /// <exception cref="PromptADException">ONNX Runtime's native library is missing.</exception>
    public static InferenceSession Open(byte[] model)
    {
        RequireRuntime();
        return new InferenceSession(model);
    }

    /// <param name="graph">The graph.</param>
    /// <param name="folder">The backbone's folder.</param>
    /// <param name="encoder">Threads and provider.</param>
    /// <exception cref="PromptADException">
    /// ONNX Runtime's native library is missing, the provider is not there, or the weights cannot be loaded.
    /// </exception>
    public static InferenceSession Open(ModelProto graph, string folder, EncoderOptions encoder)
    {
        RequireRuntime();
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = encoder.Threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry(WeightsFolder, folder);
        options.AddSessionConfigEntry(StopSpinning, "1");
        if (encoder.Provider != ExecutionProvider.Cpu) Append(options, encoder.Provider);
        try
        {
            return new InferenceSession(graph.ToByteArray(), options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new PromptADException(
                Problem.Damaged,
                $"Cannot load the encoder of '{folder}': {AtomicFile.Reason(e)}. Import the backbone again.", e);
        }
    }

    /// <summary>Turns a native library that does not load into an error that says what to add.</summary>
    private static void RequireRuntime()
    {
        try
        {
            _ = OrtEnv.Instance();
        }
        catch (Exception e) when (e.GetBaseException() is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new PromptADException(Problem.Environment, ExplainRuntime(e.GetBaseException().Message), e);
        }
    }

    /// <summary>What to do about it, and of what the loader says, the line that tells more than where it looked.</summary>
    internal static string ExplainRuntime(string loader)
    {
        string? telling = loader.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line =>
            line.Contains("GLIBC", StringComparison.Ordinal) || line.Contains("undefined symbol", StringComparison.Ordinal));
        string version = typeof(OrtEnv).Assembly.GetName().Version!.ToString(3), reason = telling is null ? "" : $" ({telling})";
        return $"ONNX Runtime's native library cannot be loaded{reason}. Add its package to the application's own project and build that "
            + $"for this system: 'dotnet add package Microsoft.ML.OnnxRuntime --version {version}'.";
    }

    /// <summary>
    /// float32 as on a processor: by default products are rounded to TF32's 10 bits, and scores would depend on where they are computed.
    /// </summary>
    private static void AppendCuda(SessionOptions options)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string> { ["use_tf32"] = "0" });
        options.AppendExecutionProvider_CUDA(cuda);
    }

    private static void Append(SessionOptions options, ExecutionProvider provider)
    {
        (string name, string package, Action<SessionOptions> append) = Providers[provider];
        string chosen = provider.ToString().ToLowerInvariant();
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(name))
        {
            string with = provider == ExecutionProvider.Cuda ? " (CUDA 13 and cuDNN 9)" : ", on a system that it is made for";
            throw new PromptADException(new Diagnostic(
                Problem.Environment, $"Provider '{chosen}' is not in the ONNX Runtime that is installed here.")
            {
                Subject = chosen,
                Remedy = "Build with {0}, or choose provider cpu.",
                Option = $"the native package {package} in place of Microsoft.ML.OnnxRuntime{with}",
            });
        }
        try
        {
            append(options);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            throw new PromptADException(
                Problem.Environment,
                $"Provider '{chosen}' cannot be used: {AtomicFile.Reason(e)}. Check its driver and libraries, or choose provider cpu.", e);
        }
    }
}
