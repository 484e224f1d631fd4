namespace PromptAD.Client;

/// <summary>A source of pictures, such as a watched folder, since the service started.</summary>
public sealed record SourceInfo
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it is: folder or demo.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Where it is set up: settings or interface.</summary>
    public string From { get; init; } = "";

    /// <summary>Whether it is watched; where not, its files wait.</summary>
    public bool Enabled { get; init; }

    /// <summary>The station that its pictures belong to.</summary>
    public string Station { get; init; } = "";

    /// <summary>The product that they show; null for the station's recipe.</summary>
    public string? Product { get; init; }

    /// <summary>How many pictures were taken.</summary>
    public long Pictures { get; init; }

    /// <summary>How often something went wrong.</summary>
    public long Errors { get; init; }

    /// <summary>What went wrong last, one line; null for nothing.</summary>
    public string? LastError { get; init; }

    /// <summary>When that was, UTC; null for never.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>How it is set up; null where the settings have it, and for all but administrators.</summary>
    public SourceSettings? Settings { get; init; }
}

/// <summary>How a watched folder is set up through the interface.</summary>
public sealed record SourceSettings
{
    /// <summary>Its name: letters, digits and <c>-_.</c>, at most 64. It never changes.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it is watched; where not, its files wait.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The root that it lies below; the setting <c>Service:FolderRoots</c> names them.</summary>
    public string? Root { get; init; }

    /// <summary>Its path below the root, such as "line-1/top"; empty for the root itself.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The station that its pictures belong to; null for its name.</summary>
    public string? Station { get; init; }

    /// <summary>The product that they show; null for the recipe of the station.</summary>
    public string? Product { get; init; }

    /// <summary>Whether folders in it are watched, too.</summary>
    public bool Subfolders { get; init; }

    /// <summary>Seconds between two looks, 0.05 to 3600.</summary>
    public double PollSeconds { get; init; } = 2;

    /// <summary>Seconds for which a file must keep its length and time before it is read, 0.05 to 3600.</summary>
    public double SettleSeconds { get; init; } = 0.5;

    /// <summary>Counts changes; its ETag. Told, not sent.</summary>
    public int Revision { get; init; }
}
