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
    /// <see cref="EmbeddedId"/>. Those without a text tower do not count, nor does the embedded one of earlier releases.
    /// </summary>
    /// <exception cref="PromptADException">The store has several others, none of them the recommended one.</exception>
    public string FindDefault()
    {
        string[] others =
        [
            .. List().Where(info => info.HasTextTower && info.Id is not (EmbeddedId or FormerEmbeddedId)).Select(info => info.Id),
        ];
        if (others.Contains(RecommendedId)) return RecommendedId;
        if (others.Length == 0) return EmbeddedId;
        if (others.Length == 1) return others[0];
        throw new PromptADException(new Diagnostic(
            Problem.InvalidArgument, $"The store '{Folder}' has several backbones: {string.Join(", ", [.. others, EmbeddedId])}.")
        {
            Remedy = "Name one with {0}.",
            Option = $"{nameof(BackboneStore)}.{nameof(Open)}",
        });
    }

    /// <summary>Opens the backbone that <see cref="FindDefault"/> finds. Works from the start and offline. Dispose it when done.</summary>
    /// <param name="options">Threads and execution provider; null for all cores of the processor.</param>
    /// <exception cref="PromptADException">
    /// The store has several to choose from, the files are damaged, or the backbone cannot be used with that provider.
    /// </exception>
    public Backbone Open(EncoderOptions? options = null) => Open(FindDefault(), options ?? new EncoderOptions());

    /// <summary>What is wrong where a backbone is not in the store, and what brings one of that name into it.</summary>
    private static PromptADException NotThere(Problem problem, string what, string id)
    {
        if (id == FormerEmbeddedId)
        {
            return new PromptADException(
                problem, $"{what} It came with earlier releases of this library: train the detector again with '{EmbeddedId}', which comes "
                + "with this one, or copy it from a store that has it.");
        }
        PublishedWeights? published =
            BackboneCatalog.Weights.FirstOrDefault(weights => weights.Configuration.Equals(id, StringComparison.OrdinalIgnoreCase));
        return new PromptADException(new Diagnostic(problem, what)
        {
            Subject = published?.Configuration ?? id,
            Remedy = "Get it with {0}.",
            Option = $"{nameof(BackboneStore)}.{(published is null ? nameof(Import) : nameof(PullAsync))}",
        });
    }

    /// <summary>What is wrong where a backbone is in the store already.</summary>
    internal static PromptADException IsThere(string id) =>
        new(new Diagnostic(Problem.AlreadyExists, $"Backbone '{id}' is already in the store.")
        {
            Remedy = "Choose another name, or let it be replaced with {0}.",
            Option = $"{nameof(BackboneImportOptions)}.{nameof(BackboneImportOptions.Overwrite)}",
        });
}
