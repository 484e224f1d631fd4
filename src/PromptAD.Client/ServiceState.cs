namespace PromptAD.Client;

/// <summary>How much room the service has and takes, and how long pictures stay.</summary>
public sealed record StorageInfo
{
    /// <summary>The data folder.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The bucket that pictures and detectors are in; null where they are in the data folder.</summary>
    public string? Bucket { get; init; }

    /// <summary>Bytes that may still be written; the reserve is not among them.</summary>
    public long Free { get; init; }

    /// <summary>Bytes that stay free.</summary>
    public long Reserve { get; init; }

    /// <summary>The size of the disk in bytes.</summary>
    public long Disk { get; init; }

    /// <summary>The bytes of all pictures and detectors.</summary>
    public long Files { get; init; }

    /// <summary>How many files those are.</summary>
    public long FileCount { get; init; }

    /// <summary>The bytes of the database.</summary>
    public long Database { get; init; }

    /// <summary>What the database is: SQLite or PostgreSQL.</summary>
    public string DatabaseKind { get; init; } = "";

    /// <summary>How many inspections there are.</summary>
    public long Inspections { get; init; }

    /// <summary>How many of them still have their picture.</summary>
    public long Pictures { get; init; }

    /// <summary>Pictures that products are taught with.</summary>
    public long TeachingPictures { get; init; }

    /// <summary>When the oldest picture that is still there was received, UTC; null where there is none.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>Days for which pictures of good parts stay; 0 for ever.</summary>
    public double KeepOkDays { get; init; }

    /// <summary>Days for which other pictures stay; 0 for ever.</summary>
    public double KeepOtherDays { get; init; }

    /// <summary>Gigabytes that all files may take; 0 for no bound.</summary>
    public double MostGigabytes { get; init; }
}

/// <summary>A line of the service's log.</summary>
/// <param name="Number">Its number since the service started.</param>
/// <param name="Time">When, UTC.</param>
/// <param name="Level">Warning, Error or Critical.</param>
/// <param name="Source">Which part of the service says it.</param>
/// <param name="Message">What it says, one line, without secrets.</param>
public sealed record LogLine(long Number, DateTimeOffset Time, string Level, string Source, string Message);
