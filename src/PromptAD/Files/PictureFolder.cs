using System.Diagnostics.CodeAnalysis;

namespace PromptAD.Files;

/// <summary>What a folder means: which of its files are pictures of parts, and what is left out. One rule for every command.</summary>
public static class PictureFolder
{
    private const int MostLinks = 40; // as Linux follows

    /// <summary>The endings of the picture formats that are read.</summary>
    public static IReadOnlyList<string> Endings { get; } =
        [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".tif", ".tiff", ".webp", ".gif"];

    // What file servers, file managers and systems put beside pictures: thumbnails, copies, deleted files.
    private static readonly HashSet<string> SystemNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "@eaDir", "@tmp", "@Recycle", "@Recently-Snapshot", "@sharesnap", "@SynoResource", "#recycle", "#snapshot", "$RECYCLE.BIN",
        "RECYCLER", "RECYCLED", "System Volume Information", "lost+found", "__MACOSX", "~snapshot", "Network Trash Folder",
        "Temporary Items", "Thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",
    };

    /// <summary>Whether a path ends as pictures do that are read.</summary>
    public static bool IsPicture(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file or folder is hidden or the system's: its name begins with a dot, or it is one that systems use.</summary>
    public static bool IsHidden(string path)
    {
        string name = Path.GetFileName(path);
        return name.StartsWith('.') || SystemNames.Contains(name);
    }

    /// <summary>
    /// All pictures in a folder and the folders in it, in ordinal order. Links are followed, and each folder is entered once, so that links
    /// that go round end: under its own name where it has one here, else under the first of its links. A folder that may not be read is
    /// left out, but for the one that is given.
    /// </summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="withHidden">Whether hidden and system entries count, too.</param>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be listed.</exception>
    public static PictureListing List(string folder, bool withHidden = false) => List(folder, Entries, withHidden);

    /// <param name="folder">A folder that exists.</param>
    /// <param name="entries">Lists the files and folders in a folder.</param>
    /// <param name="withHidden">Whether hidden and system entries count, too.</param>
    internal static PictureListing List(string folder, Func<string, FileSystemInfo[]> entries, bool withHidden = false)
    {
        List<string> pictures = [], hidden = [], others = [], unreadable = [];
        var entered = new HashSet<string> { Real(Path.GetFullPath(folder)) };
        var waiting = new Stack<string>([folder]);
        var links = new SortedSet<string>(StringComparer.Ordinal);
        while (waiting.TryPop(out string? current) || TryTakeLink(links, entered, out current))
        {
            FileSystemInfo[] found;
            try
            {
                found = entries(current);
            }
            catch (Exception e) when (current != folder && e is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(current);
                continue;
            }
            foreach (FileSystemInfo entry in found)
            {
                string path = Path.Combine(current, entry.Name);
                if (!withHidden && IsHidden(entry)) hidden.Add(path);
                else if (!IsFolder(entry)) (IsPicture(path) ? pictures : others).Add(path);
                else if (entry.LinkTarget is not null) links.Add(path);
                else if (entered.Add(Real(Path.GetFullPath(path)))) waiting.Push(path);
            }
        }
        foreach (List<string> paths in (List<string>[])[pictures, hidden, others, unreadable]) paths.Sort(StringComparer.Ordinal);
        return new PictureListing(pictures, hidden, others, unreadable);
    }

    /// <summary>Takes the first link to a folder that was not entered yet.</summary>
    private static bool TryTakeLink(SortedSet<string> links, HashSet<string> entered, [NotNullWhen(true)] out string? link)
    {
        while ((link = links.Min) is not null)
        {
            links.Remove(link);
            if (entered.Add(Real(Path.GetFullPath(link)))) return true;
        }
        return false;
    }

    private static FileSystemInfo[] Entries(string folder) => new DirectoryInfo(folder).GetFileSystemInfos();

    private static bool IsHidden(FileSystemInfo entry) => IsHidden(entry.Name)
        || (OperatingSystem.IsWindows() && (entry.Attributes & (FileAttributes.Hidden | FileAttributes.System)) != 0);

    /// <summary>Whether an entry is a folder or a link to one; a link that leads nowhere is a file that fails when read.</summary>
    private static bool IsFolder(FileSystemInfo entry) => entry is DirectoryInfo || Directory.Exists(entry.FullName);

    /// <summary>A full path with all links resolved.</summary>
    private static string Real(string path, int links = 0)
    {
        string root = Path.GetPathRoot(path)!, current = root;
        foreach (string part in path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(current, part);
            string? target = links < MostLinks ? new DirectoryInfo(next).LinkTarget : null;
            current = target is null ? next : Real(Path.GetFullPath(target, current), links + 1);
        }
        return current;
    }
}
