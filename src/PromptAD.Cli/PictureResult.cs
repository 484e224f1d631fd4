using PromptAD.Files;
using PromptAD.Imaging;

namespace PromptAD.Cli;

/// <summary>
/// What became of one picture: its scores and the files written, or an error. Keeps no map, so that a run over many pictures stays small.
/// </summary>
internal sealed record PictureResult(string Path)
{
    public PictureScoreLine? Scores { get; private init; }

    public string? Overlay { get; private init; }

    public string? Map { get; private init; }

    public string? Error { get; init; }

    /// <summary>
    /// Judges pictures and writes what is wanted, in their order; one that cannot be judged becomes a result with an error.
    /// </summary>
    public static IAsyncEnumerable<PictureResult> JudgeAsync(
        AnomalyDetector detector, IEnumerable<PicturePath> paths, PictureOutput? files, CancellationToken cancellation) =>
        detector.PredictAsync(
            paths.ToAsyncEnumerable(),
            path => new PictureInput(limit => PictureDecoder.Decode(path.Path, limit)) { Tag = path },
            (judged, picture) => Finish((PicturePath)judged.Input.Tag!, judged, picture, files),
            cancellation: cancellation);

    private static PictureResult Finish(PicturePath path, StreamedPrediction judged, Picture? picture, PictureOutput? files)
    {
        using (picture)
        {
            if (judged.Prediction is not { } prediction) return new PictureResult(path.Path) { Error = judged.Error!.Message };
            try
            {
                // The overlay needs the pixels too.
                (string? overlay, string? map) = files?.Write(path, picture!, prediction) ?? default;
                return Of(path.Path, prediction, overlay, map);
            }
            catch (PromptADException e)
            {
                return new PictureResult(path.Path) { Error = e.Message };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
            {
                string error = $"Cannot judge '{path.Path}': {AtomicFile.Reason(e)}. Check free memory and rights.";
                return new PictureResult(path.Path) { Error = error };
            }
        }
    }

    private static PictureResult Of(string path, Prediction prediction, string? overlay, string? map) => new(path)
    {
        Overlay = overlay,
        Map = map,
        Scores = new PictureScoreLine(
            prediction.HasVerdict ? prediction.Verdict : null, prediction.HasVerdict ? prediction.NormalizedScore : null,
            prediction.Score, prediction.TextScore, prediction.VisualScore, prediction.Width, prediction.Height, prediction.Map.Max,
            ToPicture(prediction.Map.Peak.X, prediction.Map.Width, prediction.Width),
            ToPicture(prediction.Map.Peak.Y, prediction.Map.Height, prediction.Height),
            prediction.HasVerdict ? prediction.Regions : null, prediction.Timings),
    };

    /// <summary>From the map's pixels to the picture's.</summary>
    private static int ToPicture(int position, int mapSize, int pictureSize) => (int)((position + 0.5) * pictureSize / mapSize);
}

/// <summary>The scores of a picture, and its map's peak in the picture's own pixels.</summary>
/// <remarks>Verdict, normalised score and regions are null where the detector has no limits.</remarks>
internal sealed record PictureScoreLine(
    Verdict? Verdict, float? Normalized, float Image, float Text, float Visual,
    int Width, int Height, float Peak, int PeakX, int PeakY, IReadOnlyList<Region>? Regions, PredictionTimings Timings);
