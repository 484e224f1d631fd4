using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace PromptAD.Examples;

/// <summary>
/// A detector that <c>promptad export</c> wrote, run by ONNX Runtime alone; also from programs on .NET Framework. Safe to use from several
/// threads.
/// </summary>
public sealed class ExportedDetector : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions options = new();
    private readonly float? review, bad;

    /// <param name="path">The ONNX file.</param>
    public ExportedDetector(string path)
    {
        session = new InferenceSession(path);
        int[] shape = session.InputMetadata["picture"].Dimensions; // (height, width, 3)
        (Height, Width) = (shape[0], shape[1]);
        Dictionary<string, string> names = session.ModelMetadata.CustomMetadataMap;
        float? Limit(string name) => names.TryGetValue(name, out string? text) ? float.Parse(text, CultureInfo.InvariantCulture) : null;
        (review, bad) = (Limit("review_limit"), Limit("ng_limit"));
    }

    /// <summary>The width of the pictures that the file takes.</summary>
    public int Width { get; }

    /// <summary>The height of the pictures that the file takes.</summary>
    public int Height { get; }

    /// <summary>Judges a picture.</summary>
    /// <param name="rgb">8-bit pixels row by row, red, green, blue; a grey picture has three equal channels.</param>
    /// <returns>
    /// The verdict; the score; the same with 0.5 at the NG limit; and the map, (400, 400) row by row, stretched over the picture. Verdict and
    /// normalized score are null for a detector without limits.
    /// </returns>
    public (string? Verdict, float Score, float? Normalized, float[] Map) Judge(byte[] rgb)
    {
        using OrtValue picture = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, rgb.AsMemory(), [Height, Width, 3]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            options, ["picture"], [picture], bad is null ? ["score", "map"] : ["score", "map", "normalized_score"]);
        float score = outputs[0].GetTensorDataAsSpan<float>()[0];
        string? verdict = bad is null ? null : score > bad ? "NG" : score > review ? "REVIEW" : "OK";
        float? normalized = bad is null ? null : outputs[2].GetTensorDataAsSpan<float>()[0];
        return (verdict, score, normalized, outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }
}
