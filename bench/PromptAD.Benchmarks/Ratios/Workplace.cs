using PromptAD.Encoders.Dino;
using PromptAD.Store;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>What several measurements share: a temporary folder with the paper's backbone, weights by rule.</summary>
internal sealed class Workplace : IDisposable
{
    private const string Configuration = "ViT-B-16-plus-240", SmallDino = "dinov2_vits14";

    private readonly Lazy<Backbone> backbone, int8, dino, embedded;

    public Workplace()
    {
        Folder = Directory.CreateTempSubdirectory("promptad-ratios-").FullName;
        Store = new BackboneStore(Path.Combine(Folder, "store"));
        backbone = new Lazy<Backbone>(() => Make(Configuration, BackbonePrecision.Float32));
        int8 = new Lazy<Backbone>(() => Make($"{Configuration}-int8", BackbonePrecision.Int8));
        dino = new Lazy<Backbone>(() => Make(SmallDino, BackbonePrecision.Float32, SmallDino));
        embedded = new Lazy<Backbone>(() => Store.Open(BackboneStore.EmbeddedId));
    }

    /// <summary>Deleted at the end.</summary>
    public string Folder { get; }

    public BackboneStore Store { get; }

    /// <summary>Made when it is first asked for, which takes some ten seconds.</summary>
    public Backbone Backbone => backbone.Value;

    /// <summary>The same weights as <see cref="BackbonePrecision.Int8"/>.</summary>
    public Backbone Int8 => int8.Value;

    public static DinoConfiguration DinoConfiguration => (DinoConfiguration)BackboneCatalog.Find(SmallDino);

    /// <summary>The smallest DINOv2, weights by rule.</summary>
    public Backbone Dino => dino.Value;

    /// <summary>The one that the package brings.</summary>
    public Backbone Embedded => embedded.Value;

    public void Dispose()
    {
        foreach (Lazy<Backbone> opened in (Lazy<Backbone>[])[int8, backbone, dino, embedded])
            if (opened.IsValueCreated) opened.Value.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private Backbone Make(string id, BackbonePrecision precision, string configuration = Configuration)
    {
        Store.Generate(BackboneCatalog.Find(configuration), id, new BackboneImportOptions { Precision = precision });
        return Store.Open(id);
    }
}
