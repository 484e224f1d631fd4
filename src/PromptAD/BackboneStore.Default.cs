using PromptAD.Store;

namespace PromptAD;

public sealed partial class BackboneStore
{
    /// <summary>
    /// The name of the backbone for production: open_clip's weights that the paper uses. Get it with <see cref="PullAsync"/>.
    /// </summary>
    public const string RecommendedId = "ViT-B-16-plus-240";

    /// <summary>
    /// The backbone that is used where none is named: <see cref="RecommendedId"/> if the store has it, else the store's only one, else
    /// <see cref="EmbeddedId"/>.
    /// </summary>
    /// <exception cref="PromptADException">The store has several others, none of them the recommended one.</exception>
    public string FindDefault()
    {
        string[] others = [.. List().Select(info => info.Id).Where(other => other != EmbeddedId)];
        if (others.Contains(RecommendedId)) return RecommendedId;
        if (others.Length == 0) return EmbeddedId;
        if (others.Length == 1) return others[0];
        throw new PromptADException(
            $"The store '{Folder}' has several backbones; name one ({nameof(BackboneStore)}.{nameof(Open)}): "
            + $"{string.Join(", ", [.. others, EmbeddedId])}.");
    }

    /// <summary>Opens the backbone that <see cref="FindDefault"/> finds. Works from the start and offline. Dispose it when done.</summary>
    /// <param name="options">Threads and execution provider; null for all cores of the processor.</param>
    /// <exception cref="PromptADException">
    /// The store has several to choose from, the files are damaged, or the backbone cannot be used with that provider.
    /// </exception>
    public Backbone Open(EncoderOptions? options = null) => Open(FindDefault(), options ?? new EncoderOptions());

    /// <summary>What brings a backbone of that name into the store, from C# and from the command line.</summary>
    internal static string WayIn(string id)
    {
        PublishedWeights? published =
            BackboneCatalog.Weights.FirstOrDefault(weights => weights.Configuration.Equals(id, StringComparison.OrdinalIgnoreCase));
        return published is { Configuration: var name }
            ? $"BackboneStore.PullAsync(\"{name}\") or 'promptad backbone pull {name}'"
            : "BackboneStore.Import or 'promptad backbone import'";
    }
}
