using PromptAD.Backbones;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>What several measurements share: a temporary folder with the paper's backbone, weights by rule.</summary>
internal sealed class Workplace : IDisposable
{
    private const string Configuration = "ViT-B-16-plus-240";

    private readonly Lazy<Backbone> backbone;

    public Workplace()
    {
        Folder = Directory.CreateTempSubdirectory("promptad-ratios-").FullName;
        Store = new BackboneStore(Path.Combine(Folder, "store"));
        backbone = new Lazy<Backbone>(() =>
        {
            Store.Generate(BackboneCatalog.Find(Configuration), Configuration);
            return Store.Open(Configuration);
        });
    }

    /// <summary>Deleted at the end.</summary>
    public string Folder { get; }

    public BackboneStore Store { get; }

    /// <summary>Made when it is first asked for, which takes some ten seconds.</summary>
    public Backbone Backbone => backbone.Value;

    public void Dispose()
    {
        if (backbone.IsValueCreated) backbone.Value.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
