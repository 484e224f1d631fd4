namespace PromptAD.Evaluation.Datasets;

/// <summary>Folders by their names, upper and lower case alike: data sets are copied between systems that differ in this.</summary>
internal static class Folder
{
    private static readonly string[] GoodNames = ["good", "ok", "normal"];
    private static readonly string[] BadNames = ["bad", "ko", "ng", "defect", "defective", "anomaly"];

    public static bool IsGood(string name) => GoodNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static bool IsBad(string name) => BadNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Folders directly in a folder, in ordinal order, without the hidden ones of notebooks and file managers.</summary>
    public static string[] In(string folder) =>
        [.. Directory.GetDirectories(folder).Where(f => !IsHidden(f)).Order(StringComparer.Ordinal)];

    /// <summary>Whether a file or folder is hidden by its name, such as <c>.ipynb_checkpoints</c> and <c>._000.png</c>.</summary>
    public static bool IsHidden(string path) => Path.GetFileName(path).StartsWith('.');

    /// <summary>The folder with the first of the names that exists.</summary>
    public static string? Find(string parent, params string[] names) => names
        .Select(name => In(parent).FirstOrDefault(f => string.Equals(Path.GetFileName(f), name, StringComparison.OrdinalIgnoreCase)))
        .FirstOrDefault(f => f is not null);

    public static string? FindGood(string parent) => Find(parent, GoodNames);

    public static string? FindBad(string parent) => Find(parent, BadNames);
}
