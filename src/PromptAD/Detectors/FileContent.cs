using System.Globalization;
using PromptAD.Files;

namespace PromptAD.Detectors;

/// <summary>What a file holds, to see later whether it still holds it.</summary>
public readonly record struct FileContent
{
    private FileContent(string? identity) => Identity = identity;

    /// <summary>
    /// The content's SHA-256, as a detector notes it or as it is found; of other files length and time of writing. null where there is no
    /// file.
    /// </summary>
    public string? Identity { get; }


    /// <summary>Looks at a file; nothing there is an answer, too.</summary>
    public static FileContent Of(string path)
    {
        if (!File.Exists(path)) return default;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return new(DetectorReader.HashOf(file));
        }
        catch (PromptADException)
        {
            var other = new FileInfo(path);
            return other.Exists
                ? new(string.Create(CultureInfo.InvariantCulture, $"{other.Length} bytes of {other.LastWriteTimeUtc.Ticks}"))
                : default;
        }
    }
}
