using Microsoft.ML.OnnxRuntime;
using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// Encodes windows of a picture by the plain CLIP encoder, for comparisons with WinCLIP. Its graph is made when it is needed, over the
/// weights file that the backbone has.
/// </summary>
public sealed class WindowEncoder : IDisposable
{
    private const int TokensAtOnce = 2048; // bounds the memory of a run
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = EncoderSession.NewRun();
    private readonly VisionConfiguration configuration;

    /// <param name="folder">The backbone's folder.</param>
    /// <param name="configuration">The backbone.</param>
    /// <param name="precision">How its weights are stored.</param>
    /// <param name="options">Threads and provider.</param>
    internal WindowEncoder(string folder, ClipConfiguration configuration, BackbonePrecision precision, EncoderOptions options)
    {
        this.configuration = configuration.Vision;
        SafetensorsLayout layout = VisionWeights.LayoutOf(configuration, precision);
        session = EncoderSession.Open(VisionGraph.BuildWindows(configuration, layout, Backbone.VisionWeightsFile), folder, options);
    }

    /// <summary>The class token of each window, not normalised, (windows, E).</summary>
    /// <param name="picture">8-bit planes of red, green and blue, (3, size, size).</param>
    /// <param name="windows">The patches of each window, counted from 0; all windows have equally many.</param>
    /// <exception cref="PromptADException">The runtime failed, such as for lack of memory.</exception>
    public float[] Encode(ReadOnlySpan<byte> picture, IReadOnlyList<int[]> windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        return Encode(ClipPixels.Normalise(picture), windows);
    }

    /// <summary>The same of a normalised picture.</summary>
    internal float[] Encode(Memory<float> image, IReadOnlyList<int[]> windows) =>
        [.. windows.Chunk(Math.Max(1, TokensAtOnce / (1 + windows[0].Length))).SelectMany(some => Run(image, some, VisionGraph.Cls))];

    /// <summary>The patches of the whole picture as the last block reads them, not normalised, (patches, width).</summary>
    /// <param name="picture">8-bit planes of red, green and blue, (3, size, size).</param>
    /// <exception cref="PromptADException">The runtime failed, such as for lack of memory.</exception>
    public float[] EncodePenultimate(ReadOnlySpan<byte> picture) => EncodePenultimate(ClipPixels.Normalise(picture));

    /// <summary>The same of a normalised picture.</summary>
    internal float[] EncodePenultimate(Memory<float> image)
    {
        float[] tokens = Run(image, [[.. Enumerable.Range(0, configuration.Patches)]], VisionGraph.Penultimate); // (1 + patches, width)
        return tokens[configuration.Width..];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        runOptions.Dispose();
        session.Dispose();
    }

    private float[] Run(Memory<float> image, int[][] windows, string output)
    {
        int size = configuration.ImageSize, tokens = 1 + windows[0].Length;
        long[] rows = [.. windows.SelectMany(window => window.Select(patch => 1L + patch).Prepend(0))];
        try
        {
            using OrtValue pixels = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, image, [1, 3, size, size]);
            using OrtValue indices =
                OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, rows.AsMemory(), [windows.Length, tokens]);
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                session.Run(runOptions, [VisionGraph.Image, VisionGraph.Windows], [pixels, indices], [output]);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        catch (OnnxRuntimeException e)
        {
            throw new PromptADException(
                Problem.Environment,
                $"The window encoder failed: {AtomicFile.Reason(e)}. Check free memory and the backbone.", e);
        }
    }
}
