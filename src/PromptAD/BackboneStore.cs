using System.Security.Cryptography;
using PromptAD.Encoders;
using PromptAD.Files;
using PromptAD.Store;

namespace PromptAD;

/// <summary>
/// The folder that holds the backbones, one sub-folder each. <see cref="Open(EncoderOptions?)"/> works from the start with the small
/// embedded one; <see cref="PullAsync"/> gets the recommended CLIP, which it uses from then on, and <c>Import</c> takes a file of your own.
/// </summary>
public sealed partial class BackboneStore
{
    /// <summary>The environment variable that overrides the default folder.</summary>
    public const string FolderVariable = "PROMPTAD_STORE";

    private const int MaximumIdLength = 100;

    /// <summary>A store in a folder of your choice. The folder is made when the first backbone comes in.</summary>
    /// <param name="folder">The folder; null for the one named by <see cref="FolderVariable"/>, else the user's local data folder.</param>
    public BackboneStore(string? folder = null)
    {
        folder ??= Environment.GetEnvironmentVariable(FolderVariable);
        Folder = Path.GetFullPath(string.IsNullOrWhiteSpace(folder) ? DefaultFolder() : folder);
    }

    /// <summary>The store's folder.</summary>
    public string Folder { get; }

    /// <summary>All backbones by name. Folders without a readable manifest are passed over.</summary>
    public IReadOnlyList<BackboneInfo> List()
    {
        var found = new List<BackboneInfo>();
        foreach (string id in Ids())
        {
            try
            {
                found.Add(Info(id));
            }
            catch (PromptADException)
            {
                // A damaged folder must not hide the others; opening it by name says what is wrong.
            }
        }
        return found;
    }

    /// <summary>What is known of one backbone.</summary>
    /// <exception cref="PromptADException">No backbone of that name is in the store.</exception>
    public BackboneInfo Info(string id)
    {
        string folder = FolderOf(id);
        BackboneManifest manifest = BackboneManifest.Read(folder);
        IEncoderConfiguration configuration = manifest.ReadConfiguration(folder);
        EncoderInfo encoder = configuration.Describe(id, manifest.Hash);
        return new BackboneInfo(
            id, manifest.Hash, folder, manifest.Source, manifest.Generated, encoder.InputSize, encoder.PatchSize,
            configuration.ParameterCount, manifest.Files.Values.Sum(file => file.Size), manifest.Created, configuration.ToJson())
        {
            Precision = manifest.Precision,
            HasTextTower = configuration.HasTextTower,
        };
    }

    /// <summary>Opens a backbone for training or prediction. Dispose it when done.</summary>
    /// <param name="id">Its name in the store.</param>
    /// <param name="threads">Threads for one run of the encoder; 0 for all cores.</param>
    /// <exception cref="PromptADException">No backbone of that name is in the store, or its files are damaged.</exception>
    public Backbone Open(string id, int threads = 0) => Open(id, new EncoderOptions { Threads = threads });

    /// <summary>Opens a backbone for training or prediction. Dispose it when done.</summary>
    /// <param name="id">Its name in the store.</param>
    /// <param name="options">Threads and execution provider.</param>
    /// <exception cref="PromptADException">
    /// No backbone of that name is in the store, its files are damaged, or it cannot be used with that provider. A provider whose native
    /// package is missing is told of at the first use of the encoder.
    /// </exception>
    public Backbone Open(string id, EncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Backbone.Open(FolderOf(id), options);
    }

    /// <summary>Opens the backbone that a detector was made with: the one with the hash, whatever its name is here.</summary>
    /// <param name="id">Its name where the detector was made.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="options">Threads and execution provider.</param>
    /// <param name="use">What the detector does with it, for an error.</param>
    /// <exception cref="PromptADException">The store has no backbone with that hash.</exception>
    internal Backbone OpenMatching(string id, string hash, EncoderOptions options, string use = "was made with")
    {
        if (id == EmbeddedId) EnsureEmbedded();
        IReadOnlyList<BackboneInfo> all = List();
        if (all.FirstOrDefault(backbone => backbone.Hash == hash) is { } match) return Open(match.Id, options);
        BackboneInfo? other = all.FirstOrDefault(backbone => backbone.Id == id);
        string reason = other is not null
            ? $"the store's '{id}' is another one (hash {Short(other.Hash, hash)})"
            : $"the store '{Folder}' has none with that hash";
        string needed = $"The detector {use} backbone '{id}' (hash {Short(hash, other?.Hash)}), but {reason}.";
        throw NotThere(Problem.Mismatch, $"{needed} Import the same weights, or train it again.", id);
    }

    /// <summary>Compares every file of a backbone with the size and hash noted when it was imported.</summary>
    /// <returns>One line for each file that differs; empty when all is well.</returns>
    public IReadOnlyList<string> Check(string id)
    {
        string folder = FolderOf(id);
        var problems = new List<string>();
        foreach ((string name, ManifestFile expected) in BackboneManifest.Read(folder).Files)
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists) problems.Add($"{name} is missing");
            else if (file.Length != expected.Size) problems.Add($"{name} has {file.Length} bytes, not {expected.Size}");
            else if (HashOf(file.FullName) != expected.Sha256) problems.Add($"{name} has changed since it was imported");
        }
        return problems;
    }

    /// <summary>Deletes a backbone from the store.</summary>
    /// <exception cref="PromptADException">No backbone of that name is in the store, or its folder cannot be deleted.</exception>
    public void Remove(string id)
    {
        if (id == EmbeddedId && !Directory.Exists(Path.Combine(Folder, id)))
        {
            throw new PromptADException(
                Problem.Missing, $"The embedded backbone '{id}' is not unpacked in the store '{Folder}'; there is nothing to remove.");
        }
        string folder = FolderOf(id);
        try
        {
            // Renamed first, so that a deletion cut short does not leave half a backbone under its name.
            string doomed = Path.Combine(Folder, $".removed-{Guid.NewGuid():N}");
            Directory.Move(folder, doomed);
            Directory.Delete(doomed, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PromptADException(
                Problem.Unwritable,
                $"Cannot remove '{folder}': {AtomicFile.Reason(e)}. Close programs that use it and check your rights.", e);
        }
    }

    /// <summary>Refuses a name that is not plain: letters, digits, '-', '_' and '.', not starting with '.'.</summary>
    internal static void ValidateId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        bool plain = id.Length is > 0 and <= MaximumIdLength
            && id[0] != '.'
            && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (!plain)
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                $"'{Printable.Line(id)}' cannot name a backbone; use 1 to {MaximumIdLength} letters, digits, '-', '_' or '.', "
                + "not starting with '.'.");
        }
    }

    internal static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>The start of a hash, long enough to tell it from another one.</summary>
    private static string Short(string hash, string? other)
    {
        int length = Math.Max(12, hash.AsSpan().CommonPrefixLength(other) + 4);
        return hash.Length > length ? hash[..length] : hash;
    }

    private static string DefaultFolder()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        if (data.Length == 0) data = Path.Combine(Path.GetTempPath(), Environment.UserName); // a service account without a home
        return Path.Combine(data, "promptad", "backbones");
    }

    private string FolderOf(string id)
    {
        ValidateId(id);
        if (id == EmbeddedId) EnsureEmbedded();
        string folder = Path.Combine(Folder, id);
        if (File.Exists(Path.Combine(folder, BackboneManifest.FileName))) return folder;
        string[] known = [.. Ids()];
        string choice = known.Length == 0 ? "The store is empty" : $"Known: {string.Join(", ", known)}";
        throw NotThere(Problem.Missing, $"No backbone '{id}' in the store '{Folder}'. {choice}; '{EmbeddedId}' is always there.", id);
    }

    private IEnumerable<string> Ids() => !Directory.Exists(Folder)
        ? []
        : Directory.EnumerateDirectories(Folder)
            .Where(folder => File.Exists(Path.Combine(folder, BackboneManifest.FileName)))
            .Select(folder => Path.GetFileName(folder))
            .Where(id => id[0] != '.')
            .Order(StringComparer.Ordinal);
}
