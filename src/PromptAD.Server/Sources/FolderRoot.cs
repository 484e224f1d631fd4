namespace PromptAD.Server.Sources;

/// <summary>
/// A folder below which folders may be watched that are set up through the interface, in section <c>Service:FolderRoots</c>.
/// </summary>
internal sealed class FolderRoot
{
    private const int MostLinks = 40, LongestFolder = 500;

    /// <summary>How requests name it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it is.</summary>
    public string Path { get; set; } = "";

    /// <summary>A root that the settings do not name any more.</summary>
    public static FolderRoot Missing(string name) => new() { Name = name };

    /// <summary>Whether roots can be as they are set up.</summary>
    /// <exception cref="PromptADException">One cannot.</exception>
    public static void Check(IReadOnlyList<FolderRoot> roots)
    {
        foreach (FolderRoot root in roots)
        {
            if (root.Name.Length == 0 || roots.Count(one => one.Name == root.Name) > 1)
            {
                throw new PromptADException(
                    Problem.InvalidArgument,
                    $"The name of a folder root is '{root.Name}'; each needs one of its own. Set Service:FolderRoots:0:Name.");
            }
            if (!System.IO.Path.IsPathFullyQualified(root.Path))
            {
                throw new PromptADException(
                    Problem.InvalidArgument, $"The path of folder root '{root.Name}' is '{root.Path}'; give a whole one.");
            }
        }
    }

    /// <summary>A path below a root as it is written, however it is meant.</summary>
    /// <exception cref="PromptADException">It could lead elsewhere.</exception>
    public static void CheckFolder(string folder)
    {
        bool isPlain = folder.Length <= LongestFolder && !folder.Any(sign => char.IsControl(sign) || sign is '\\' or ':')
            && (folder.Length == 0 || folder.Split('/').All(part => part is not ("" or "." or "..") && part.Trim() == part));
        if (!isPlain)
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                $"The folder is '{folder}'; it must be a path below its root, such as 'line-1/top', without '..', ':' or '\\'.");
        }
    }

    /// <summary>Where a folder of this root is now, all links followed.</summary>
    /// <exception cref="FolderTroubleException">A link leads out of the root.</exception>
    public string Find(string folder)
    {
        CheckFolder(folder);
        if (Path.Length == 0) throw new FolderTroubleException($"The setting Service:FolderRoots names no root '{Name}' any more.");
        string root = Follow(Path), found = Follow(System.IO.Path.Combine(root, folder));
        string below = System.IO.Path.EndsInDirectorySeparator(root) ? root : root + System.IO.Path.DirectorySeparatorChar;
        if (found == root || found.StartsWith(below, StringComparison.Ordinal)) return found;
        throw new FolderTroubleException($"A link leads from '{folder}' out of root '{Name}'; only folders that lie in it are watched.");
    }

    /// <summary>A path without links; what is not there is taken as it stands.</summary>
    /// <exception cref="FolderTroubleException">There are too many links, one behind the other.</exception>
    public static string Follow(string path)
    {
        string current = System.IO.Path.GetPathRoot(path)!;
        var rest = new Stack<string>(Parts(path[current.Length..]).Reverse());
        for (int links = 0; rest.TryPop(out string? part);)
        {
            if (part == "..")
            {
                current = System.IO.Path.GetDirectoryName(current) ?? current;
                continue;
            }
            string next = System.IO.Path.Combine(current, part);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }
            if (++links > MostLinks) throw new FolderTroubleException($"There are more than {MostLinks} links one behind the other.");
            if (System.IO.Path.IsPathFullyQualified(target))
            {
                current = System.IO.Path.GetPathRoot(target)!;
                target = target[current.Length..];
            }
            foreach (string one in Parts(target).Reverse()) rest.Push(one);
        }
        return current;
    }

    private static IEnumerable<string> Parts(string path) => path
        .Split([System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
        .Where(part => part != ".");
}
