namespace PromptAD.Cli;

/// <summary>What became of one picture: its scores and the files written, or an error. Keeps no map, so that a run over many pictures stays small.</summary>
internal sealed record PictureResult(string Path)
{
    public PictureScoreLine? Scores { get; private init; }

    public string? Overlay { get; private init; }

    public string? Map { get; private init; }

    public string? Error { get; init; }

    public static PictureResult Of(string path, Prediction prediction, string? overlay, string? map) => new(path)
    {
        Overlay = overlay,
        Map = map,
        Scores = new PictureScoreLine(
            prediction.Score, prediction.TextScore, prediction.VisualScore, prediction.Width, prediction.Height, prediction.Map.Max,
            ToPicture(prediction.Map.Peak.X, prediction.Map.Width, prediction.Width), ToPicture(prediction.Map.Peak.Y, prediction.Map.Height, prediction.Height),
            prediction.Timings),
    };

    /// <summary>From the map's pixels to the picture's.</summary>
    private static int ToPicture(int position, int mapSize, int pictureSize) => (int)((position + 0.5) * pictureSize / mapSize);
}

/// <summary>The scores of a picture, and its map's peak in the picture's own pixels.</summary>
internal sealed record PictureScoreLine(
    float Image, float Text, float Visual, int Width, int Height, float Peak, int PeakX, int PeakY, PredictionTimings Timings);
