using PromptAD.Store;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>What several measurements share: a temporary folder with the paper's backbone, weights by rule.</summary>
internal sealed class Workplace : IDisposable
{
    private const string Configuration = "ViT-B-16-plus-240";

    private readonly Lazy<Backbone> backbone, int8;

    public Workplace()
    {
        Folder = Directory.CreateTempSubdirectory("promptad-ratios-").FullName;
        Store = new BackboneStore(Path.Combine(Folder, "store"));
        backbone = new Lazy<Backbone>(() => Make(Configuration, BackbonePrecision.Float32));
        int8 = new Lazy<Backbone>(() => Make($"{Configuration}-int8", BackbonePrecision.Int8));
    }

    /// <summary>Deleted at the end.</summary>
    public string Folder { get; }

    public BackboneStore Store { get; }

    /// <summary>Made when it is first asked for, which takes some ten seconds.</summary>
    public Backbone Backbone => backbone.Value;

    /// <summary>The same weights as <see cref="BackbonePrecision.Int8"/>.</summary>
    public Backbone Int8 => int8.Value;

    public void Dispose()
    {
        if (int8.IsValueCreated) int8.Value.Dispose();
        if (backbone.IsValueCreated) backbone.Value.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private Backbone Make(string id, BackbonePrecision precision)
    {
        Store.Generate(BackboneCatalog.Find(Configuration), id, new BackboneImportOptions { Precision = precision });
        return Store.Open(id);
    }
}
