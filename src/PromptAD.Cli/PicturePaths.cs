using Microsoft.Extensions.FileSystemGlobbing;
using PromptAD.Files;
using PromptAD.Wording;

namespace PromptAD.Cli;

/// <summary>A picture to work on and the name its results get, without extension, relative to the output folder.</summary>
internal sealed record PicturePath(string Path, string ResultName);

/// <summary>Turns what was given on the command line (files, folders, patterns) into pictures, in the order given, each once.</summary>
internal static class PicturePaths
{
    /// <param name="given">Files, folders and patterns.</param>
    /// <param name="terminal">Where it is said what is left out of folders.</param>
    /// <exception cref="PromptADException">A folder or pattern holds no picture, or cannot be listed.</exception>
    public static IReadOnlyList<PicturePath> Expand(IEnumerable<string> given, Terminal terminal)
    {
        string[] found = [.. given.SelectMany(path => Expand(path, terminal)).DistinctBy(Path.GetFullPath)];
        if (found.Length == 0) return [];
        string? shared = SharedFolder([.. found.Select(Path.GetFullPath)], Path.GetDirectoryName);
        string[] names = [.. found.Select(file => NameBelow(shared, file))];
        ILookup<string, string> byStem = names.ToLookup(name => Path.ChangeExtension(name, null));
        // Two pictures that differ only in their extension keep it in the names of their results.
        string ResultName(string name) => Path.ChangeExtension(name, null) is var stem && byStem[stem].Count() == 1 ? stem : name;
        return [.. found.Zip(names, (file, name) => new PicturePath(file, ResultName(name)))];
    }

    private static string[] Expand(string path, Terminal terminal)
    {
        if (Directory.Exists(path)) return InFolder(path, terminal);
        if (File.Exists(path)) return [path];
        if (path.Contains('*', StringComparison.Ordinal)) return Matching(path, terminal);
        // A file that is not there fails when it is read, so that in a batch the others go on; a folder is nothing to go on with.
        if (Path.GetExtension(path).Length > 0 && !Path.EndsInDirectorySeparator(path)) return [path];
        throw new PromptADException(
            Problem.Missing,
            $"The folder '{path}' does not exist; give a folder of pictures, or files with their endings.");
    }

    private static string[] InFolder(string folder, Terminal terminal)
    {
        string[] files = Listed(folder, isWhole: true, withHidden: false, terminal);
        if (files.Length > 0) return files;
        throw new PromptADException(
            Problem.Missing,
            $"The folder '{folder}' holds no pictures; looked for {string.Join(", ", PictureFolder.Endings)}, in sub-folders too.");
    }

    private static string[] Matching(string pattern, Terminal terminal)
    {
        // The part before the first wildcard is the folder to search; the matcher takes the rest.
        string[] parts = pattern.Replace('\\', '/').Split('/');
        int fixedParts = Array.FindIndex(parts, part => part.Contains('*', StringComparison.Ordinal));
        string folder = fixedParts == 0 ? "." : string.Join('/', parts[..fixedParts]) + "/";
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(string.Join('/', parts[fixedParts..]));
        // A pattern that names hidden entries means them.
        bool withHidden = parts[fixedParts..].Any(part => part.StartsWith('.'));
        string[] files = Directory.Exists(folder)
            ? Array.FindAll(
                Listed(folder, isWhole: false, withHidden, terminal), file => matcher.Match(Path.GetRelativePath(folder, file)).HasMatches)
            : [];
        if (files.Length > 0) return fixedParts == 0 ? [.. files.Select(file => Path.GetRelativePath(folder, file))] : files;
        throw new PromptADException(
            Problem.Missing,
            $"No picture matches '{pattern}'; check the pattern, and quote it so that the shell leaves it alone.");
    }

    /// <summary>The pictures of a folder; results of an earlier run into it are none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isWhole">Whether all of it is wanted, so that what is left out matters; else only what may not be read is told.</param>
    /// <param name="withHidden">Whether hidden entries count.</param>
    /// <param name="terminal">Where it is said what is left out.</param>
    private static string[] Listed(string folder, bool isWhole, bool withHidden, Terminal terminal)
    {
        PictureListing listing;
        try
        {
            listing = PictureFolder.List(folder, withHidden);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unreadable,
                $"Cannot list the folder '{folder}': {AtomicFile.Reason(e)}. Check that it may be read.", e);
        }
        string[] results = [.. listing.Pictures.Where(PictureOutput.IsResult)];
        string?[] said =
        [
            isWhole && results.Length > 0 ? Plural.Of(results.Length, "result of an earlier run", "results of earlier runs") : null,
            (isWhole ? listing : listing with { Hidden = [], Others = [] }).LeftOut,
        ];
        string list = string.Join(", ", said.Where(part => part is not null));
        if (list.Length > 0) terminal.Say($"Left out of '{folder}': {list}");
        return [.. listing.Pictures.Except(results)];
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
}
