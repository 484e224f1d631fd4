using PromptAD.Files;
using PromptAD.Imaging;

namespace PromptAD.Cli;

/// <summary>
/// What became of one picture: its scores and the files written, or an error. With both, it was judged and a file could not be written.
/// Keeps no map, so that a run over many pictures stays small.
/// </summary>
internal sealed record PictureResult(string Path)
{
    public PictureScoreLine? Scores { get; private init; }

    public string? Overlay { get; private init; }

    public string? Map { get; private init; }

    public string? Error { get; init; }

    /// <summary>What is to be said of the picture although it was judged.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>
    /// Judges pictures and writes what is wanted, in their order; one that cannot be judged becomes a result with an error.
    /// </summary>
    public static IAsyncEnumerable<PictureResult> JudgeAsync(
        AnomalyDetector detector, IEnumerable<PicturePath> paths, PictureOutput? files, CancellationToken cancellation) =>
        detector.PredictAsync(
            paths.ToAsyncEnumerable(),
            path => new PictureInput((limit, depth) => PictureDecoder.Decode(path.Path, limit, depth)) { Tag = path },
            (judged, picture) => Finish((PicturePath)judged.Input.Tag!, judged, picture, files),
            cancellation: cancellation);

    private static PictureResult Finish(PicturePath path, StreamedPrediction judged, Picture? picture, PictureOutput? files)
    {
        using (picture)
        {
            if (judged.Prediction is not { } prediction)
                return new PictureResult(path.Path) { Error = OptionNames.PutIntoBrackets(judged.Error!.Message) };
            if (files is null) return Of(path.Path, prediction, null, null);
            (string? overlay, string? overlayError) = Written(() => files.WriteOverlay(path, picture!, prediction));
            (string? map, string? mapError) = Written(() => files.WriteMap(path, prediction));
            return Of(path.Path, prediction, overlay, map) with { Error = overlayError ?? mapError };
        }
    }

    /// <summary>The file that was written, or why it was not: a verdict that was found is never thrown away for it.</summary>
    private static (string? File, string? Error) Written(Func<string?> write)
    {
        try
        {
            return (write(), null);
        }
        catch (PromptADException e)
        {
            return (null, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            return (null, $"Cannot write a result: {AtomicFile.Reason(e)}. Check free memory, free space and rights.");
        }
    }

    private static PictureResult Of(string path, Prediction prediction, string? overlay, string? map) => new(path)
    {
        Overlay = overlay,
        Map = map,
        Warnings = [.. prediction.Warnings.Select(OptionNames.PutIntoBrackets)],
        Scores = new PictureScoreLine(
            prediction.HasVerdict ? prediction.Verdict : null, prediction.HasVerdict ? prediction.NormalizedScore : null,
            prediction.Score, prediction.TextScore, prediction.VisualScore, prediction.Width, prediction.Height, prediction.Map.Max,
            ToPicture(prediction.Map.Peak.X, prediction.Map.Width, prediction.Width),
            ToPicture(prediction.Map.Peak.Y, prediction.Map.Height, prediction.Height),
            prediction.HasVerdict ? prediction.Regions : null, prediction.IsUnfamiliar, prediction.Timings),
    };

    /// <summary>From the map's pixels to the picture's.</summary>
    private static int ToPicture(int position, int mapSize, int pictureSize) => (int)((position + 0.5) * pictureSize / mapSize);
}

/// <summary>The scores of a picture, and its map's peak in the picture's own pixels.</summary>
/// <remarks>Verdict, normalised score and regions are null where the detector has no limits.</remarks>
internal sealed record PictureScoreLine(
    Verdict? Verdict, float? Normalized, float Image, float Text, float Visual,
    int Width, int Height, float Peak, int PeakX, int PeakY, IReadOnlyList<Region>? Regions,
    bool IsUnfamiliar, PredictionTimings Timings);
