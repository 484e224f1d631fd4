using PromptAD.Store;
using PromptAD.Store.Download;

namespace PromptAD;

public sealed partial class BackboneStore
{
    /// <summary>
    /// Downloads published weights, checks their hash where one is published, and imports them. A download that was cut off goes on where
    /// it stopped, also after a restart: its part stays in the store's <c>.downloads</c> folder.
    /// </summary>
    /// <param name="name">
    /// The configuration whose published weights are wanted: "ViT-B-16-plus-240" (recommended), "ViT-B-16", or one of DINOv2, such as
    /// "dinov2_vits14"; no hash is published of those.
    /// </param>
    /// <param name="options">Another address and hash, for a mirror; the backbone's name and vocabulary.</param>
    /// <param name="progress">Told how far the download and the import are.</param>
    /// <param name="cancellation">Stops the work; the part that was downloaded stays for the next try.</param>
    /// <exception cref="PromptADException">
    /// No such weights are known, the address cannot be reached (told within 3 seconds where there is no network), or the file is not the
    /// one that was published.
    /// </exception>
    public async Task<BackboneInfo> PullAsync(
        string name,
        BackbonePullOptions? options = null,
        IProgress<BackboneProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new BackbonePullOptions();
        string configuration = BackboneCatalog.FindWeights(name).Configuration;
        string id = options.Import.Id ?? configuration;
        ValidateId(id);
        RefuseEmbeddedName(id);
        if (!options.Import.Overwrite && Directory.Exists(Path.Combine(Folder, id)))
            throw BackboneStore.IsThere($"{id}");

        (Uri address, string? hash) = Choose(name, options);
        string fileName = Path.GetFileName(address.LocalPath);
        string file = Path.Combine(Folder, ".downloads", fileName.Length > 0 ? fileName : $"{id}.checkpoint");
        var patience = new DownloadOptions
        {
            Configuration = configuration,
        };
        using (var download = new Downloader(patience))
        {
            var step = new SynchronousProgress<DownloadProgress>(state => progress?.Report(new BackboneProgress(
                state.Trouble is { } trouble ? $"Downloading ({trouble})" : "Downloading",
                state.Total is > 0 and { } total ? (double)state.Received / total : 0)));
            await download.FetchAsync(address, file, hash, step, cancellation).ConfigureAwait(false);
        }
        BackboneInfo info = Import(file, configuration, options.Import with { Id = id }, progress, cancellation);
        File.Delete(file);
        return info;
    }

    private static (Uri Address, string? Hash) Choose(string name, BackbonePullOptions options)
    {
        PublishedFile published = BackboneCatalog.FindWeights(name).File;
        return (options.Address ?? published.Address, options.Sha256 ?? published.Sha256);
    }
}

/// <summary>Choices for downloading a backbone.</summary>
public sealed record BackbonePullOptions
{
    /// <summary>Where the checkpoint is, such as a mirror inside a company.</summary>
    /// <value>By default the address where it was published.</value>
    public Uri? Address { get; init; }

    /// <summary>The checkpoint's SHA-256 in hexadecimal, or its start.</summary>
    /// <value>By default what was published; nothing is checked where nothing was, as of DINOv2.</value>
    public string? Sha256 { get; init; }

    /// <summary>The choices of the import that follows.</summary>
    public BackboneImportOptions Import { get; init; } = new();
}
