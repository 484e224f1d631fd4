namespace PromptAD.Server.Sources;

/// <summary>A file of a watched folder that was inspected, so that it is not inspected again.</summary>
internal sealed class FolderFileRow
{
    public const int LongestFolder = 64, LongestPath = 1000;

    /// <summary>The folder's name, as the settings have it.</summary>
    public required string Folder { get; init; }

    /// <summary>Where in the folder it is.</summary>
    public required string Path { get; init; }

    /// <summary>The SHA-256 of its bytes: the same path with other bytes is another picture.</summary>
    public required string Hash { get; init; }

    public required long Length { get; set; }

    /// <summary>When it was last written, in ticks, as the file system says.</summary>
    public required long Modified { get; set; }

    /// <summary>Its inspection; null where it could not become one.</summary>
    public long? Inspection { get; init; }
}
