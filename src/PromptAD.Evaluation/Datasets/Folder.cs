using PromptAD.Files;

namespace PromptAD.Evaluation.Datasets;

/// <summary>Folders by their names, upper and lower case alike: data sets are copied between systems that differ in this.</summary>
internal static class Folder
{
    /// <summary>What folders of good pictures are called.</summary>
    public static readonly IReadOnlyList<string> GoodNames =
        ["good", "ok", "normal", "okay", "pass", "passed", "io", "i.o.", "gut", "non_defective", "no_defect", "defect_free"];

    /// <summary>What folders of defective pictures are called.</summary>
    public static readonly IReadOnlyList<string> BadNames =
    [
        "bad", "ko", "ng", "nok", "abnormal", "anomaly", "anomalies", "anomalous", "defect", "defects", "defective", "fail", "failed",
        "faulty", "reject", "rejects", "rejected", "nio", "n.i.o.", "schlecht",
    ];

    public static bool IsGood(string name) => GoodNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static bool IsBad(string name) => BadNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Folders directly in a folder, in ordinal order, without hidden and system ones.</summary>
    public static string[] In(string folder) =>
        [.. Directory.GetDirectories(folder).Where(path => !PictureFolder.IsHidden(path)).Order(StringComparer.Ordinal)];

    /// <summary>Pictures directly in a folder, in ordinal order, without hidden ones.</summary>
    public static string[] Pictures(string folder) =>
    [
        .. Directory.GetFiles(folder).Where(path => PictureFolder.IsPicture(path) && !PictureFolder.IsHidden(path))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Pictures in a folder and below it, as <see cref="PictureFolder"/> finds them; none if there is no such folder.</summary>
    public static IReadOnlyList<string> PicturesBelow(string? folder) =>
        folder is null || !Directory.Exists(folder) ? [] : PictureFolder.List(folder).Pictures;

    /// <summary>The folder that a picture lies in, relative to one above it, with forward slashes; empty for that one itself.</summary>
    public static string PathBelow(string folder, string picture)
    {
        string relative = Path.GetRelativePath(folder, Path.GetDirectoryName(picture)!).Replace('\\', '/');
        return relative == "." ? "" : relative;
    }

    /// <summary>The folder with the first of the names that exists.</summary>
    public static string? Find(string parent, params IReadOnlyList<string> names)
    {
        string[] folders = In(parent);
        return names
            .Select(name => folders.FirstOrDefault(f => string.Equals(Path.GetFileName(f), name, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(f => f is not null);
    }

    public static string? FindGood(string parent) => Find(parent, GoodNames);

    public static string? FindBad(string parent) => Find(parent, BadNames);
}
