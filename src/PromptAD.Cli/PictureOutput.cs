using PromptAD.Imaging;

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

    /// <summary>Writes both files.</summary>
    /// <returns>Their paths; null for a map that is not wanted.</returns>
    public (string Overlay, string? Map) Write(PicturePath path, Picture picture, Prediction prediction)
    {
        string name = Path.Combine(folder, path.ResultName), overlay = name + OverlayEnding;
        prediction.SaveOverlay(overlay, picture.Frame, scale is { } high ? new OverlayOptions { High = high } : null);
        return (overlay, WriteMap(name + MapEnding, prediction.Map));
    }

    private string? WriteMap(string name, AnomalyMap map)
    {
        switch (maps)
        {
            case MapFormat.Png:
                map.SavePng16($"{name}.png");
                return $"{name}.png";
            case MapFormat.Npy:
                map.SaveNpy($"{name}.npy");
                return $"{name}.npy";
            default:
                return null;
        }
    }
}
