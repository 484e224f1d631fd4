using PromptAD.Store;
using PromptAD.Store.Embedded;

namespace PromptAD.Tests.Store;

public sealed class EmbeddedBackboneTests : StoreTest
{
    private string Unpacked => Path.Combine(Store.Folder, BackboneStore.EmbeddedId);

    [Fact]
    public void Comes_into_the_store_at_first_use_as_a_backbone_like_any_other()
    {
        Assert.Empty(Store.List());
        using (Backbone backbone = Store.Open(BackboneStore.EmbeddedId, threads: 1))
            Assert.Equal((BackboneStore.EmbeddedId, false), (backbone.Id, backbone.IsGenerated));
        BackboneInfo info = Assert.Single(Store.List());
        Assert.Equal(BackboneStore.EmbeddedId, info.Id);
        Assert.Empty(Store.Check(BackboneStore.EmbeddedId));
        DateTime unpacked = File.GetLastWriteTimeUtc(Path.Combine(Unpacked, BackboneManifest.FileName));
        Store.Open(BackboneStore.EmbeddedId, threads: 1).Dispose();
        Assert.Equal(unpacked, File.GetLastWriteTimeUtc(Path.Combine(Unpacked, BackboneManifest.FileName)));
    }

    [Fact]
    public void Is_at_most_20_megabytes_of_weights()
    {
        string folder = Directory.CreateDirectory(InFolder("extracted")).FullName;
        (string checkpoint, _, _) = EmbeddedBackbone.Extract(folder);
        Assert.InRange(new FileInfo(checkpoint).Length, 1, 20_000_000);
    }

    [Fact]
    public void A_damaged_one_and_one_of_another_version_are_replaced()
    {
        Store.Open(BackboneStore.EmbeddedId, threads: 1).Dispose();
        string manifest = Path.Combine(Unpacked, BackboneManifest.FileName), written = File.ReadAllText(manifest);
        File.WriteAllText(manifest, "{");
        Store.Open(BackboneStore.EmbeddedId, threads: 1).Dispose();
        Assert.Equal(EmbeddedBackbone.Source, BackboneManifest.Read(Unpacked).Source);
        File.WriteAllText(manifest, written.Replace("carried by the library, sha256 ", "carried by the library, sha256 0", StringComparison.Ordinal));
        Store.Open(BackboneStore.EmbeddedId, threads: 1).Dispose();
        Assert.Equal(EmbeddedBackbone.Source, BackboneManifest.Read(Unpacked).Source);
        Assert.Equal([BackboneStore.EmbeddedId], StoreEntries);
    }

    [Fact]
    public void Its_name_belongs_to_it()
    {
        string reason = $"'{BackboneStore.EmbeddedId}' is the name of the embedded backbone; choose another name.";
        Assert.Equal(reason, Assert.Throws<PromptADException>(() => Generate(BackboneStore.EmbeddedId)).Message);
        var options = new BackboneImportOptions { Id = BackboneStore.EmbeddedId };
        Assert.Equal(reason, Assert.Throws<PromptADException>(() => Store.Import(WriteCheckpoint(), ConfigurationFile, options)).Message);
    }

    [Fact]
    public void Can_be_removed_and_comes_back()
    {
        Assert.Contains("is not unpacked", Assert.Throws<PromptADException>(() => Store.Remove(BackboneStore.EmbeddedId)).Message, StringComparison.Ordinal);
        Store.Open(BackboneStore.EmbeddedId, threads: 1).Dispose();
        Store.Remove(BackboneStore.EmbeddedId);
        Assert.Empty(StoreEntries);
        Store.Open(BackboneStore.EmbeddedId, threads: 1).Dispose();
    }
}
