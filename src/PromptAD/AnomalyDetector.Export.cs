using Google.Protobuf;
using PromptAD.Decisions;
using PromptAD.Export;
using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD;

public sealed partial class AnomalyDetector
{
    private const int WrittenAtOnce = 1 << 24; // bytes

    /// <summary>
    /// Writes the detector as one ONNX file that needs nothing but ONNX Runtime: an 8-bit picture in, scores and map out, limits and names
    /// in its metadata. It is compared with this detector on pictures before it is written.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="pictures">
    /// Picture files to compare with, at least one; not those that were learned from, of which every score is rounding.
    /// </param>
    /// <param name="options">How; null for a file that resizes pictures itself.</param>
    /// <param name="progress">Told the part of the pictures that is compared, 0 to 1.</param>
    /// <param name="cancellation">
    /// Stops within a picture or while the file is written; only the graph of a large backbone is built and opened to the end. Nothing is
    /// written then.
    /// </param>
    /// <exception cref="PromptADException">
    /// The detector has tiles or its backbone is not float32, the file is there, a picture cannot be read or has another size than the
    /// first, or scores or maps differ by more than 0.0001.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public ExportCheck Export(
        string path,
        IReadOnlyCollection<string> pictures,
        ExportOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(pictures);
        ObjectDisposedException.ThrowIf(disposed, this);
        options ??= new ExportOptions();
        Predictor from = predictor;
        // One version of the detector is exported and compared with, whatever happens to this one meanwhile.
        using var same = new AnomalyDetector(from.Detector, backbone, ownsBackbone: false)
        {
            maxPicturePixels = MaxPicturePixels,
            significantBits = SignificantBits ?? 0,
        };
        if (from.Detector.Info.Tiles is not null)
            throw new PromptADException(
                Problem.Unsupported,
                "A detector with tiles cannot be exported; train one without tiles, or predict with PromptAD.");
        if (backbone.Precision != BackbonePrecision.Float32)
        {
            throw new PromptADException(
                Problem.Unsupported,
                $"The detector's backbone is {backbone.Precision.ToString().ToLowerInvariant()} and cannot be exported, because other "
                + "runs round it differently; train a detector with a float32 backbone.");
        }
        if (!options.Replace && Path.Exists(path))
        {
            throw new PromptADException(new Diagnostic(Problem.AlreadyExists, $"'{path}' is there already.")
            {
                Remedy = "Give another name, or let it be replaced with {0}.",
                Option = $"{nameof(ExportOptions)}.{nameof(ExportOptions.Replace)}",
            });
        }
        if (pictures.Count == 0) throw new PromptADException(
            Problem.InvalidArgument,
            "There is no picture to check the export with; give at least one real "
            + "picture.");
        var check = new ExportComparison(same, from.Preprocessor, options.IncludeResizing);
        (int width, int height) = check.SizeOf(pictures.First(), cancellation);
        ModelProto exported = DetectorGraph.Build(from.Detector, backbone, width, height);
        byte[] bytes = exported.ToByteArray();
        cancellation.ThrowIfCancellationRequested();
        ExportCheck result = check.Compare(bytes, pictures, width, height, progress, cancellation);
        AtomicFile.Write(path, stream =>
        {
            for (int start = 0; start < bytes.Length; start += WrittenAtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                stream.Write(bytes.AsSpan(start, Math.Min(WrittenAtOnce, bytes.Length - start)));
            }
        });
        return result;
    }
}
