using PromptAD.Server.Stations;

namespace PromptAD.Server.Sources;

/// <summary>A folder that is watched, in section <c>Service:Folders</c>.</summary>
internal sealed class FolderOptions
{
    /// <summary>Its name; by it the service knows which files it has inspected. Unchanged when the folder moves.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it is.</summary>
    public string Path { get; set; } = "";

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

    /// <summary>Whether folders can be watched as they are set up.</summary>
    /// <exception cref="PromptADException">One cannot.</exception>
    public static void Check(IReadOnlyList<FolderOptions> folders)
    {
        foreach (FolderOptions folder in folders)
        {
            if (folder.Name.Length is 0 or > FolderFileRow.LongestFolder || folders.Count(one => one.Name == folder.Name) > 1)
            {
                throw Wrong(
                    $"The name of a watched folder is '{folder.Name}'; each needs one of its own, at most "
                    + $"{FolderFileRow.LongestFolder} characters. Set Service:Folders:0:Name.");
            }
            if (!System.IO.Path.IsPathFullyQualified(folder.Path))
                throw Wrong($"The path of watched folder '{folder.Name}' is '{folder.Path}'; give a whole one.");
            if (!StationEndpoints.IsName(folder.Station ?? folder.Name))
                throw Wrong($"The station of watched folder '{folder.Name}' needs a name of letters, digits and -_.@; set its Station.");
            if (folder.PollSeconds is not (>= 0.05 and <= 3600) || folder.SettleSeconds is not (>= 0.05 and <= 3600))
                throw Wrong($"PollSeconds and SettleSeconds of watched folder '{folder.Name}' must be from 0.05 to 3600.");
        }
    }

    private static PromptADException Wrong(string message) => new(Problem.InvalidArgument, message);
}
