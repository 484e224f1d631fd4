using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using PromptAD.Files;
using PromptAD.Imaging;
using PromptAD.Onnx;

namespace PromptAD.Export;

/// <summary>Runs an exported model beside its detector.</summary>
/// <param name="detector">The detector.</param>
/// <param name="preprocessor">How it prepares pictures.</param>
/// <param name="resizes">Whether the model resizes pictures itself.</param>
internal sealed class ExportComparison(AnomalyDetector detector, Preprocessor preprocessor, bool resizes)
{
    /// <summary>What scores and maps may differ by.</summary>
    public const float Tolerance = 1e-4f;

    /// <summary>The size of pictures that the model is to take.</summary>
    public (int Width, int Height) SizeOf(string path, CancellationToken cancellation)
    {
        if (!resizes) return (preprocessor.Size, preprocessor.Size);
        using Picture picture = PictureDecoder.Decode(path, detector.MaxPicturePixels, detector.Depth, cancellation);
        return (picture.Width, picture.Height);
    }

    /// <exception cref="PromptADException">A picture cannot be used, the model cannot be run, or it differs.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ExportCheck Compare(
        byte[] model,
        IReadOnlyCollection<string> paths,
        int width,
        int height,
        IProgress<double>? progress,
        CancellationToken cancellation)
    {
        try
        {
            using InferenceSession session = EncoderSession.Open(model);
            float score = 0, map = 0;
            foreach ((int i, string path) in paths.Index())
            {
                (float ofScore, float ofMap) = Compare(session, path, width, height, cancellation);
                (score, map) = (Math.Max(score, ofScore), Math.Max(map, ofMap));
                progress?.Report((i + 1.0) / paths.Count);
                cancellation.ThrowIfCancellationRequested(); // after the last one, too: what follows is the writing
            }
            return new ExportCheck(width, height, paths.Count, score, map);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (OnnxRuntimeException e)
        {
            throw new PromptADException(
                Problem.Environment,
                $"The exported model cannot be run: {AtomicFile.Reason(e)}. Check free memory.", e);
        }
    }

    private (float Score, float Map) Compare(
        InferenceSession session, string path, int width, int height, CancellationToken cancellation)
    {
        using Picture picture = PictureDecoder.Decode(path, detector.MaxPicturePixels, detector.Depth, cancellation);
        if (resizes && (picture.Width, picture.Height) != (width, height))
        {
            throw new PromptADException(
                Problem.Mismatch,
                $"'{path}' is {picture.Width} x {picture.Height} pixels, but the first picture is {width} x "
                + $"{height}; "
                + "an export that resizes is for pictures of one size. Give pictures of that size, or export without resizing.");
        }
        Prediction expected = detector.Predict(picture.Frame, cancellation);
        byte[] pixels = resizes ? Rgb(picture) : Resized(picture);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels.AsMemory(), [height, width, 3]);
        using RunOptions run = EncoderSession.NewRun();
        using CancellationTokenRegistration ending = EncoderSession.EndWith(run, cancellation);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [DetectorGraph.Picture], [input],
        [
            DetectorGraph.Map, DetectorGraph.Score, DetectorGraph.Visual,
            .. expected.TextScore is null ? (string[])[] : [DetectorGraph.Text],
            .. detector.Limits is null ? (string[])[] : [DetectorGraph.Normalized],
        ]);
        float[] scores = [.. outputs.Skip(1).Select(output => output.GetTensorDataAsSpan<float>()[0])];
        List<float> wanted = [expected.Score, expected.VisualScore!.Value];
        if (expected.TextScore is { } text) wanted.Add(text);
        // Of the score that was found: a limit near 0 or 1 makes much of a small difference.
        if (detector.Limits is { } limits) wanted.Add(limits.Normalize(scores[0]));
        float ofScore = scores.Zip(wanted, (a, b) => Math.Abs(a - b)).Max();
        float ofMap = Largest(outputs[0].GetTensorDataAsSpan<float>(), expected.Map.Values.Span);
        if (ofScore <= Tolerance && ofMap <= Tolerance) return (ofScore, ofMap); // not so for numbers that are none
        throw new PromptADException(
            Problem.Mismatch,
            $"The exported model differs from the detector on '{path}' by {ofScore:G2} in a score and "
            + $"{ofMap:G2} in the map, "
            + $"more than {Tolerance}; nothing was written. Check with pictures that were not learned from.");
    }

    private static float Largest(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        var differences = new float[expected.Length];
        TensorPrimitives.Subtract(actual, expected, differences);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(differences));
    }

    private byte[] Resized(Picture picture)
    {
        var planes = new byte[preprocessor.Length];
        preprocessor.PrepareReference(picture.Frame, planes);
        using Picture resized = Planes.ToPicture(planes, preprocessor.Size);
        return Rgb(resized);
    }

    private static byte[] Rgb(Picture picture)
    {
        ReadOnlySpan<byte> pixels = picture.Pixels;
        int channels = picture.Channels;
        var rgb = new byte[3 * picture.Width * picture.Height];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = pixels[(i / 3 * channels) + (channels == 1 ? 0 : 2 - (i % 3))];
        return rgb;
    }
}
