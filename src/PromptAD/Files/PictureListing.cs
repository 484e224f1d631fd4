using PromptAD.Wording;

namespace PromptAD.Files;

/// <summary>The pictures of a folder, and what else was there. All paths begin with the folder as it was given.</summary>
/// <param name="Pictures">Files that end as pictures do.</param>
/// <param name="Hidden">Hidden and system entries, whose content was not looked at.</param>
/// <param name="Others">Files that do not end as pictures do.</param>
/// <param name="Unreadable">Folders that may not be read.</param>
public sealed record PictureListing(
    IReadOnlyList<string> Pictures, IReadOnlyList<string> Hidden, IReadOnlyList<string> Others, IReadOnlyList<string> Unreadable)
{
    private const int MostNames = 4;

    /// <summary>
    /// What was left out, as a list such as "2 files of other formats (.pgm, .txt), 1 hidden or system entry (@eaDir)"; null for nothing.
    /// </summary>
    public string? LeftOut
    {
        get
        {
            string[] parts =
            [
                .. Part(Others, "file of another format", "files of other formats", EndingOf),
                .. Part(Hidden, "hidden or system entry", "hidden or system entries", path => Path.GetFileName(path)),
                .. Part(Unreadable, "folder that may not be read", "folders that may not be read", path => path),
            ];
            return parts.Length == 0 ? null : string.Join(", ", parts);
        }
    }

    private static IEnumerable<string> Part(IReadOnlyList<string> paths, string one, string more, Func<string, string> nameOf)
    {
        if (paths.Count == 0) yield break;
        string[] names = [.. paths.Select(nameOf).Distinct(StringComparer.OrdinalIgnoreCase)];
        string rest = names.Length > MostNames ? ", …" : "";
        yield return $"{Plural.Of(paths.Count, one, more)} ({string.Join(", ", names.Take(MostNames))}{rest})";
    }

    private static string EndingOf(string path) =>
        Path.GetExtension(path) is { Length: > 1 } ending ? ending.ToLowerInvariant() : Path.GetFileName(path);
}
