namespace PromptAD.Store.Download;

/// <summary>How patient a <see cref="Downloader"/> is, and how much it accepts.</summary>
internal sealed record DownloadOptions
{
    /// <summary>How long a name may take to be resolved and a server to be reached. Without a network nobody has to wait longer.</summary>
    /// <value>2 seconds.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After this long without a byte the connection is given up and another is tried.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many tries in a row may end without getting further into the file than any before.</summary>
    /// <value>5.</value>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before a new try; it doubles with every try that brought nothing.</summary>
    /// <value>1 second.</value>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, also where the server asks for a longer one.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The configuration of the weights in the file, which can be imported from another way; null for other files.</summary>
    public string? Configuration { get; init; }

    /// <summary>A file larger than this, in bytes, is refused.</summary>
    /// <value>No limit.</value>
    public long MaximumSize { get; init; } = long.MaxValue;

    /// <summary>What is said where no server is reached.</summary>
    public Diagnostic Unreached(string what) => Configuration is null
        ? new Diagnostic(Problem.Network, what) { Remedy = "Check the network and its proxy, or give another address." }
        : new Diagnostic(Problem.Network, what)
        {
            Subject = Configuration,
            Remedy = "Check the network and its proxy, or get the file on another computer and import it with {0}.",
            Option = $"{nameof(BackboneStore)}.{nameof(BackboneStore.Import)}",
        };
}

/// <summary>How far a download is.</summary>
/// <param name="Received">The bytes that are on the disk.</param>
/// <param name="Total">The size of the file in bytes, null where the server does not say.</param>
/// <param name="Trouble">What went wrong just before a new try, one line; null while all is well.</param>
internal readonly record struct DownloadProgress(long Received, long? Total, string? Trouble = null);

/// <summary>A file that is complete and, where a hash was given, the right one.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its whole SHA-256 in lower-case hex.</param>
/// <param name="WasThere">True where it already lay there and nothing was fetched.</param>
internal sealed record DownloadedFile(string Path, long Size, string Sha256, bool WasThere);
