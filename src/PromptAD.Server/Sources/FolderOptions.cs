using PromptAD.Server.Stations;

namespace PromptAD.Server.Sources;

/// <summary>A folder that is watched, in section <c>Service:Folders</c>.</summary>
internal sealed class FolderOptions
{
    /// <summary>Its name; by it the service knows which files it has inspected. Unchanged when the folder moves.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it is; empty where it lies below a root.</summary>
    public string Path { get; set; } = "";

    /// <summary>The root that it lies below; null where the settings give its path.</summary>
    internal FolderRoot? Root { get; init; }

    /// <summary>Its path below the root.</summary>
    internal string Folder { get; init; } = "";

    /// <summary>The station that its pictures belong to; its name where none is given.</summary>
    public string? Station { get; set; }

    /// <summary>The product that its pictures show; null for the recipe of the station.</summary>
    public string? Product { get; set; }

    /// <summary>Whether folders in it are watched, too.</summary>
    public bool Subfolders { get; set; }

    /// <summary>Seconds between two looks. Notifications only make the next look come sooner: network drives send none.</summary>
    public double PollSeconds { get; set; } = 2;

    /// <summary>Seconds for which a file must keep its length and time before it is read.</summary>
    public double SettleSeconds { get; set; } = 0.5;

    /// <summary>Where it is now.</summary>
    /// <exception cref="IOException">It lies outside its root.</exception>
    public string Find() => Root is { } root ? root.Find(Folder) : Path;

    /// <summary>Whether folders can be watched as the settings have them.</summary>
    /// <exception cref="PromptADException">One cannot.</exception>
    public static void Check(IReadOnlyList<FolderOptions> folders)
    {
        foreach (FolderOptions folder in folders)
        {
            if (folders.Count(one => one.Name == folder.Name) > 1)
                throw Wrong($"Two watched folders are called '{folder.Name}'; each needs a name of its own. Set Service:Folders:0:Name.");
            if (!System.IO.Path.IsPathFullyQualified(folder.Path))
                throw Wrong($"The path of watched folder '{folder.Name}' is '{folder.Path}'; give a whole one.");
            folder.Check();
        }
    }

    /// <summary>Whether it can be watched as it is set up.</summary>
    /// <exception cref="PromptADException">It cannot.</exception>
    public void Check()
    {
        if (Name.Length is 0 or > FolderFileRow.LongestFolder || !Name.All(sign => char.IsAsciiLetterOrDigit(sign) || "-_.".Contains(sign)))
        {
            throw Wrong(
                $"The name of a watched folder is '{Name}'; it needs one of letters, digits and -_., at most "
                + $"{FolderFileRow.LongestFolder} characters.");
        }
        if (!StationEndpoints.IsName(Station ?? Name))
            throw Wrong($"The station of watched folder '{Name}' needs a name of letters, digits and -_.@; set its Station.");
        if (PollSeconds is not (>= 0.05 and <= 3600) || SettleSeconds is not (>= 0.05 and <= 3600))
            throw Wrong($"PollSeconds and SettleSeconds of watched folder '{Name}' must be from 0.05 to 3600.");
    }

    private static PromptADException Wrong(string message) => new(Problem.InvalidArgument, message);
}
