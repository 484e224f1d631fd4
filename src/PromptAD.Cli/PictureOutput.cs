namespace PromptAD.Cli;

/// <summary>How raw maps are written.</summary>
internal enum MapFormat
{
    Png,
    Npy,
    None,
}

/// <summary>Writes a picture's heat-map overlay and its raw map into the output folder.</summary>
internal sealed class PictureOutput(string folder, MapFormat maps, float? scale)
{
    private const string OverlayEnding = ".overlay.png", MapEnding = ".map";

    /// <summary>Whether a file is named as a result, and so no picture to judge.</summary>
    public static bool IsResult(string file) =>
        file.EndsWith(OverlayEnding, StringComparison.Ordinal) || file.EndsWith($"{MapEnding}.png", StringComparison.Ordinal);

    /// <exception cref="PromptADException">The folder cannot be made or written.</exception>
    public void CreateFolder() => OutputFolder.Create(folder);

    /// <summary>The files that a picture's results go to; null for a map that is not wanted.</summary>
    public (string Overlay, string? Map) FilesOf(PicturePath path)
    {
        string name = Path.Combine(folder, path.ResultName);
        string? ending = maps switch { MapFormat.Png => ".png", MapFormat.Npy => ".npy", _ => null };
        return (name + OverlayEnding, ending is null ? null : name + MapEnding + ending);
    }

    /// <returns>The overlay's file.</returns>
    public string WriteOverlay(PicturePath path, in CameraFrame picture, Prediction prediction)
    {
        string overlay = FilesOf(path).Overlay;
        prediction.SaveOverlay(overlay, picture, scale is { } high ? new OverlayOptions { High = high } : null);
        return overlay;
    }

    /// <returns>The map's file; null where none is wanted.</returns>
    public string? WriteMap(PicturePath path, Prediction prediction)
    {
        string? map = FilesOf(path).Map;
        if (map is not null && maps == MapFormat.Png) prediction.Map.SavePng16(map);
        else if (map is not null) prediction.Map.SaveNpy(map);
        return map;
    }
}
