using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace PromptAD.Cli;

/// <summary>A picture to work on and the name its results get, without extension, relative to the output folder.</summary>
internal sealed record PicturePath(string Path, string ResultName);

/// <summary>Turns what was given on the command line (files, folders, patterns) into pictures, in the order given, each once.</summary>
internal static class PicturePaths
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif"];

    /// <exception cref="PromptADException">A folder or pattern holds no picture.</exception>
    public static IReadOnlyList<PicturePath> Expand(IEnumerable<string> given)
    {
        string[] found = [.. given.SelectMany(Expand).DistinctBy(Path.GetFullPath)];
        if (found.Length == 0) return [];
        string? shared = SharedFolder([.. found.Select(Path.GetFullPath)], Path.GetDirectoryName);
        string[] names = [.. found.Select(file => NameBelow(shared, file))];
        ILookup<string, string> byStem = names.ToLookup(name => Path.ChangeExtension(name, null));
        // Two pictures that differ only in their extension keep it in the names of their results.
        string ResultName(string name) => Path.ChangeExtension(name, null) is var stem && byStem[stem].Count() == 1 ? stem : name;
        return [.. found.Zip(names, (file, name) => new PicturePath(file, ResultName(name)))];
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (Directory.Exists(path)) return InFolder(path);
        // A file that is not there fails when it is read, so that in a batch the others go on.
        return path.Contains('*', StringComparison.Ordinal) && !File.Exists(path) ? Matching(path) : [path];
    }

    private static string[] InFolder(string folder)
    {
        IEnumerable<string> all = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);
        string[] files = [.. all.Where(IsPicture).Order(StringComparer.Ordinal)];
        if (files.Length > 0) return files;
        throw new PromptADException(
            $"The folder '{folder}' holds no pictures; looked for {string.Join(", ", Extensions)}, in sub-folders too.");
    }

    private static string[] Matching(string pattern)
    {
        // The part before the first wildcard is the folder to search; the matcher takes the rest.
        string[] parts = pattern.Replace('\\', '/').Split('/');
        int fixedParts = Array.FindIndex(parts, part => part.Contains('*', StringComparison.Ordinal));
        string folder = fixedParts == 0 ? "." : string.Join('/', parts[..fixedParts]) + "/";
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(string.Join('/', parts[fixedParts..]));
        IEnumerable<string> matches = Directory.Exists(folder)
            ? matcher.Execute(new DirectoryInfoWrapper(new DirectoryInfo(folder))).Files.Select(match => match.Path)
            : [];
        string[] files = [.. matches.Where(IsPicture).Order(StringComparer.Ordinal).Select(match => Path.Combine(folder, match))];
        if (files.Length > 0) return files;
        throw new PromptADException($"No picture matches '{pattern}'; check the pattern, and quote it so that the shell leaves it alone.");
    }

    /// <summary>The deepest folder that all files lie in; null when they lie on several drives.</summary>
    /// <param name="files">Full paths.</param>
    /// <param name="parentOf">The folder that a path lies in; null for a drive.</param>
    internal static string? SharedFolder(string[] files, Func<string, string?> parentOf)
    {
        string? shared = parentOf(files[0]);
        while (shared is not null && !Array.TrueForAll(files, file => IsBelow(file, shared))) shared = parentOf(shared);
        return shared;
    }

    /// <summary>The file's path below the shared folder; without one, its whole path with the drive as the first folder.</summary>
    private static string NameBelow(string? shared, string file)
    {
        if (shared is not null) return Path.GetRelativePath(shared, file);
        string full = Path.GetFullPath(file), drive = Path.GetPathRoot(full)!;
        return Path.Combine(string.Concat(drive.Where(char.IsAsciiLetterOrDigit)), full[drive.Length..]);
    }

    private static bool IsBelow(string file, string folder) =>
        file.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Whether a path ends as pictures do.</summary>
    public static bool IsNamedAsPicture(string path) => Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>Whether a file found in a folder is a picture to work on; results of an earlier run into that folder are not.</summary>
    private static bool IsPicture(string file) =>
        IsNamedAsPicture(file) && !PictureOutput.IsResult(file);
}
