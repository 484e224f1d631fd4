using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace PromptAD.Cli;

/// <summary>A picture to work on and the name its results get, without extension, relative to the output folder.</summary>
internal sealed record PicturePath(string Path, string ResultName);

/// <summary>Turns what was given on the command line (files, folders, patterns) into pictures, in the order given, each once.</summary>
internal static class PicturePaths
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif"];

    /// <exception cref="PromptADException">A folder or pattern holds no picture, or a path does not exist.</exception>
    public static IReadOnlyList<PicturePath> Expand(IEnumerable<string> given)
    {
        (string File, string Relative)[] found =
            [.. given.SelectMany(Expand).DistinctBy(picture => Path.GetFullPath(picture.File))];
        // Two pictures whose names differ only in extension or folder keep apart by a longer result name.
        ILookup<string, string> byName = found.ToLookup(picture => WithoutExtension(picture.Relative), picture => picture.File);
        ILookup<string, string> byFullName = found.ToLookup(picture => picture.Relative, picture => picture.File);
        return
        [
            .. found.Select((picture, index) =>
            {
                string name = WithoutExtension(picture.Relative);
                if (byName[name].Count() == 1) return new PicturePath(picture.File, name);
                return new PicturePath(picture.File, byFullName[picture.Relative].Count() == 1 ? picture.Relative : $"{picture.Relative}-{index + 1}");
            }),
        ];
    }

    private static IEnumerable<(string File, string Relative)> Expand(string path)
    {
        if (Directory.Exists(path)) return InFolder(path);
        if (File.Exists(path)) return [(path, Path.GetFileName(path))];
        if (path.AsSpan().ContainsAny('*', '?')) return Matching(path);
        throw new PromptADException($"'{path}' does not exist; give a picture, a folder of pictures or a pattern such as \"parts/*.png\".");
    }

    private static IEnumerable<(string File, string Relative)> InFolder(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsPicture).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
            throw new PromptADException($"The folder '{folder}' holds no pictures; looked for {string.Join(", ", Extensions)}, in sub-folders too.");
        return files.Select(file => (file, Path.GetRelativePath(folder, file)));
    }

    private static IEnumerable<(string File, string Relative)> Matching(string pattern)
    {
        // The part before the first wildcard is the folder to search; the matcher takes the rest.
        string[] parts = pattern.Replace('\\', '/').Split('/');
        int fixedParts = Array.FindIndex(parts, part => part.AsSpan().ContainsAny('*', '?'));
        string folder = fixedParts == 0 ? "." : string.Join('/', parts[..fixedParts]) + "/";
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(string.Join('/', parts[fixedParts..]));
        string[] files = !Directory.Exists(folder)
            ? []
            : [.. matcher.Execute(new DirectoryInfoWrapper(new DirectoryInfo(folder))).Files.Select(match => match.Path).Where(IsPicture).Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new PromptADException($"No picture matches '{pattern}'; check the pattern, and quote it so that the shell leaves it alone.");
        return files.Select(file => (Path.Combine(folder, file), file));
    }

    private static bool IsPicture(string file) => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant());

    private static string WithoutExtension(string file) => Path.ChangeExtension(file, null);
}
