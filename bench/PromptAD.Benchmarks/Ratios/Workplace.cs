using PromptAD.Backbones;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>
/// What several measurements share: the paper's backbone. It is taken from the user's store if it is there; else it is made with weights by
/// rule in a temporary one, which is as fast.
/// </summary>
internal sealed class Workplace : IDisposable
{
    private const string Configuration = "ViT-B-16-plus-240";

    private readonly string folder = Directory.CreateTempSubdirectory("promptad-bench-").FullName;
    private readonly Lazy<Backbone> backbone;

    public Workplace()
    {
        var own = new BackboneStore();
        bool hasIt = own.List().Any(info => info.Id == Configuration);
        Store = hasIt ? own : new BackboneStore(folder);
        backbone = new Lazy<Backbone>(() =>
        {
            if (!hasIt) Store.Generate(BackboneCatalog.Find(Configuration), Configuration);
            return Store.Open(Configuration);
        });
    }

    public BackboneStore Store { get; }

    /// <summary>Opened when it is first asked for, which may take half a minute.</summary>
    public Backbone Backbone => backbone.Value;

    public void Dispose()
    {
        if (backbone.IsValueCreated) backbone.Value.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
