using System.Diagnostics;
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

    /// <summary>Judges a picture and writes what is wanted; one that cannot be judged becomes a result with an error.</summary>
    public static PictureResult Judge(AnomalyDetector detector, PicturePath path, PictureOutput? files)
    {
        try
        {
            // Decoded here and not by the detector, because the overlay needs the pixels too.
            long start = Stopwatch.GetTimestamp();
            using Picture picture = PictureDecoder.Decode(path.Path, detector.PixelLimit);
            TimeSpan decode = Stopwatch.GetElapsedTime(start);
            Prediction prediction = detector.Predict(picture.Frame);
            prediction = prediction with { Timings = prediction.Timings with { Decode = decode } };
            (string? overlay, string? map) = files?.Write(path, picture, prediction) ?? default;
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

    private static PictureResult Of(string path, Prediction prediction, string? overlay, string? map) => new(path)
    {
        Overlay = overlay,
        Map = map,
        Scores = new PictureScoreLine(
            prediction.HasVerdict ? prediction.Verdict : null, prediction.HasVerdict ? prediction.NormalizedScore : null,
            prediction.Score, prediction.TextScore, prediction.VisualScore, prediction.Width, prediction.Height, prediction.Map.Max,
            ToPicture(prediction.Map.Peak.X, prediction.Map.Width, prediction.Width),
            ToPicture(prediction.Map.Peak.Y, prediction.Map.Height, prediction.Height),
            prediction.HasVerdict ? prediction.Regions : [], prediction.Timings),
    };

    /// <summary>From the map's pixels to the picture's.</summary>
    private static int ToPicture(int position, int mapSize, int pictureSize) => (int)((position + 0.5) * pictureSize / mapSize);
}

/// <summary>The scores of a picture, and its map's peak in the picture's own pixels.</summary>
/// <remarks>Verdict and normalised score are null where the detector has no limits.</remarks>
internal sealed record PictureScoreLine(
    Verdict? Verdict, float? Normalized, float Image, float Text, float Visual,
    int Width, int Height, float Peak, int PeakX, int PeakY, IReadOnlyList<Region> Regions, PredictionTimings Timings);
