using PromptAD.Decisions;
using PromptAD.Imaging;
using PromptAD.Validation;

namespace PromptAD;

/// <summary>What a detector says of one picture.</summary>
/// <param name="Score">
/// How anomalous the picture is, 0 to 1. As recommended, on a common scale: words and memory, each counted in deviations from what good
/// pictures score, added and brought to 0 to 1, 1/2 for what is as good ones are on average (<see cref="ScoreFusion.CommonScale"/>). As
/// published, 1/(1/text + 1/visual) of the two scores below (<see cref="ScoreFusion.Harmonic"/>).
/// </param>
/// <param name="TextScore">
/// S_t, 0 to 1: how much nearer the picture is to the learned anomalous prompts than to the normal ones; null without words.
/// </param>
/// <param name="VisualScore">
/// 0 to 1: how far the strangest patches are from their nearest ones in the memory bank, the mean of as many as
/// <see cref="ScoringOptions.TopPatches"/> says (3 as recommended); for 0, as published, the peak of the upsampled map; null without a
/// memory.
/// </param>
/// <param name="Map">Where the picture is anomalous; stretched over the whole picture.</param>
/// <param name="Width">The picture's width in pixels.</param>
/// <param name="Height">The picture's height in pixels.</param>
/// <param name="Timings">How long each stage took.</param>
public sealed record Prediction(
    float Score, float? TextScore, float? VisualScore, AnomalyMap Map, int Width, int Height, PredictionTimings Timings)
{
    /// <summary>Whether the detector has limits, so that there is a verdict.</summary>
    public bool HasVerdict => Limits is not null;

    /// <summary>OK, Review or NG, as the detector's limits have it.</summary>
    /// <exception cref="PromptADException">The detector was never calibrated; the message says how to.</exception>
    public Verdict Verdict => KnownLimits.Judge(Score);

    /// <summary><see cref="Score"/> on a scale of 0 to 1 with 0.5 at the NG limit, so that all detectors can be read alike.</summary>
    /// <exception cref="PromptADException">The detector was never calibrated; the message says how to.</exception>
    public float NormalizedScore => KnownLimits.Normalize(Score);

    /// <summary>
    /// The connected parts of the picture whose map values lie above the pixel limit, the highest first; found each
    /// time they are asked for. They show where to look and do not change the verdict.
    /// </summary>
    /// <exception cref="PromptADException">The detector was never calibrated; the message says how to.</exception>
    public IReadOnlyList<Region> Regions =>
        RegionFinder.Find(Map, KnownLimits.Pixel.Score, KnownLimits.MinimumArea, Width, Height);

    /// <summary>
    /// Whether the picture is far from all that the detector knows as good nearly everywhere, as one of another product, view or light is.
    /// Its verdict says little then. A defect that covers most of the picture can look so, too.
    /// </summary>
    public bool IsUnfamiliar { get; init; }

    /// <summary>Warnings of the picture's file although it was judged, such as a missing end mark.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    internal Limits? Limits { get; init; }

    /// <summary>What the picture is called, where it has one colour all over and so shows no part; else null.</summary>
    internal string? PlainName { get; init; }

    /// <summary>What the detector had learned from feedback when it made this prediction.</summary>
    internal IReadOnlyList<FeedbackEntry> Feedbacks { get; init; } = [];

    /// <summary>Whether this very picture is noted as learned from.</summary>
    internal bool IsLearned { get; init; }

    /// <summary>Whether this very picture is one of the detector's reference pictures.</summary>
    internal bool IsReference { get; init; }

    /// <summary>The mean distance of the inspected patches, of all tiles, to the memory bank.</summary>
    internal float MeanDistance { get; init; }

    /// <summary>Whether a pixel of the map is inspected; empty where all are.</summary>
    internal ReadOnlyMemory<bool> Inspected { get; init; }

    internal float GoodPeak { get; init; }

    /// <summary>The map value of good patches in the middle: half on a common scale, where they differ in nothing from the mean.</summary>
    internal float GoodLevel { get; init; }

    internal long MaxPicturePixels { get; init; } = new PreprocessingOptions().MaxPicturePixels;

    internal BitDepth Depth { get; init; }

    /// <summary>Draws the map over its picture and writes it as PNG or JPEG, as the extension says.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="picture">The picture file that was judged.</param>
    /// <param name="options">
    /// Colours and size; null for the defaults, with a scale that is the same for all pictures of the detector.
    /// </param>
    /// <exception cref="PromptADException">The picture cannot be read, or the file cannot be written.</exception>
    public void SaveOverlay(string path, string picture, OverlayOptions? options = null)
    {
        using Picture decoded = PictureDecoder.Decode(picture, MaxPicturePixels, Depth);
        SaveOverlay(path, decoded.Frame, options);
    }

    /// <summary>The same where the picture is not in a file.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="picture">
    /// The encoded picture that was judged, from the stream's position to its end. It need not be able to seek, and stays open: closing it
    /// is the caller's.
    /// </param>
    /// <param name="options">As above.</param>
    /// <exception cref="PromptADException">The picture cannot be read, or the file cannot be written.</exception>
    public void SaveOverlay(string path, Stream picture, OverlayOptions? options = null)
    {
        using Picture decoded = PictureDecoder.Decode(picture, MaxPicturePixels, Depth);
        SaveOverlay(path, decoded.Frame, options);
    }

    /// <summary>Draws the map over the camera frame that was judged and writes it as PNG or JPEG, as the extension says.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="frame">The frame that was judged.</param>
    /// <param name="options">As in <see cref="SaveOverlay(string, string, OverlayOptions?)"/>.</param>
    /// <exception cref="PromptADException">The file cannot be written.</exception>
    public void SaveOverlay(string path, in CameraFrame frame, OverlayOptions? options = null)
    {
        using Picture overlay = RenderOverlay(frame, options);
        PictureEncoder.Save(overlay, path);
    }

    /// <summary>Draws the map over its picture and writes the bytes of a PNG or JPEG to a stream.</summary>
    /// <param name="stream">
    /// The stream to write to, from its position on. It need not be able to seek, and stays open: closing it is the caller's.
    /// </param>
    /// <param name="format">PNG or JPEG.</param>
    /// <param name="picture">The picture file that was judged.</param>
    /// <param name="options">As in <see cref="SaveOverlay(string, string, OverlayOptions?)"/>.</param>
    /// <exception cref="PromptADException">The picture cannot be read, or the format is unknown.</exception>
    public void SaveOverlay(Stream stream, OverlayFormat format, string picture, OverlayOptions? options = null)
    {
        using Picture decoded = PictureDecoder.Decode(picture, MaxPicturePixels, Depth);
        SaveOverlay(stream, format, decoded.Frame, options);
    }

    /// <summary>The same where the picture is not in a file.</summary>
    /// <param name="stream">As above.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <param name="picture">The encoded picture that was judged, as in <see cref="SaveOverlay(string, Stream, OverlayOptions?)"/>.</param>
    /// <param name="options">As above.</param>
    /// <exception cref="PromptADException">As above.</exception>
    public void SaveOverlay(Stream stream, OverlayFormat format, Stream picture, OverlayOptions? options = null)
    {
        using Picture decoded = PictureDecoder.Decode(picture, MaxPicturePixels, Depth);
        SaveOverlay(stream, format, decoded.Frame, options);
    }

    /// <summary>The same over the camera frame that was judged.</summary>
    /// <param name="stream">As above.</param>
    /// <param name="format">PNG or JPEG.</param>
    /// <param name="frame">The frame that was judged.</param>
    /// <param name="options">As above.</param>
    /// <exception cref="PromptADException">The format is unknown.</exception>
    public void SaveOverlay(Stream stream, OverlayFormat format, in CameraFrame frame, OverlayOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Check.Known(format, nameof(OverlayFormat));
        using Picture overlay = RenderOverlay(frame, options);
        PictureEncoder.Save(overlay, format, stream);
    }

    /// <summary>The map's colours, regions and mask over the frame that was judged, as every overlay and report shows them.</summary>
    /// <exception cref="PromptADException">An option is out of range.</exception>
    public Picture RenderOverlay(in CameraFrame frame, OverlayOptions? options = null) => Overlay.Render(
        frame, Map, (options ?? new OverlayOptions()).On(Reach, DefaultHigh), HasVerdict ? Regions : null, Inspected.Span);

    /// <summary>Why there is no verdict, and how to get one.</summary>
    public static Diagnostic NoVerdict { get; } =
        Calibration.Wanted("The detector has no limits, so it gives scores but no verdicts.");

    private Limits KnownLimits => Limits ?? throw new PromptADException(NoVerdict);

    /// <summary>The verdict, if there is one, and the scores in one line.</summary>
    public override string ToString()
    {
        string verdict = HasVerdict ? $"{Verdict}, normalized {NormalizedScore}, " : "";
        return $"{verdict}score {Score} (text {TextScore}, visual {VisualScore}), {Width} x {Height} pixels";
    }

    /// <summary>Up to where the map of a good part goes: the limit of regions, or what the pictures learned from reach.</summary>
    private float Reach => Limits?.Pixel.Score ?? GoodPeak;

    /// <summary>
    /// Twice as far from what is usual as the map of a good part goes, and not below the NG limit where scores and maps have one scale.
    /// </summary>
    private float DefaultHigh
    {
        get
        {
            float high = Reach + Math.Max(Reach - GoodLevel, SmallestSpan);
            return GoodLevel > 0 && Limits is { } limits ? Math.Max(high, limits.NG.Score) : high;
        }
    }

    private const float SmallestSpan = 0.05f; // limits set by hand may lie below what is usual
}

/// <summary>How long each stage of a prediction took.</summary>
/// <param name="Decode">Reading and decoding the file; zero for a camera frame.</param>
/// <param name="Prepare">Resizing and normalising.</param>
/// <param name="Encode">The vision encoder.</param>
/// <param name="Score">Scores and map.</param>
public readonly record struct PredictionTimings(TimeSpan Decode, TimeSpan Prepare, TimeSpan Encode, TimeSpan Score)
{
    /// <summary>All stages together.</summary>
    public TimeSpan Total => Decode + Prepare + Encode + Score;
}
