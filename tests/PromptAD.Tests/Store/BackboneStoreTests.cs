using System.Text;

namespace PromptAD.Tests.Store;

public sealed class BackboneStoreTests : StoreTest
{
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../tiny")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".hidden")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("ä")]
    public void Refuses_names_that_could_lead_out_of_the_store(string id)
    {
        Generate("tiny");
        Assert.Contains("cannot name a backbone", Refused(() => Store.Open(id)).Message);
        Refused(() => Store.Info(id));
        Refused(() => Store.Check(id));
        Refused(() => Store.Remove(id));
        Refused(() => Generate(id));
        Assert.Equal(["tiny"], StoreEntries);
    }

    [Fact]
    public void Takes_a_name_of_100_letters_and_refuses_one_of_101()
    {
        Generate(new string('a', 100));
        Refused(() => Generate(new string('a', 101)));
        Assert.Equal([new string('a', 100)], Store.List().Select(info => info.Id));
    }

    [Fact]
    public void Lists_by_name_and_passes_over_what_is_no_backbone()
    {
        Assert.Empty(Store.List());
        Generate("b");
        Generate("a");
        Directory.CreateDirectory(Path.Combine(Store.Folder, "no-backbone"));
        Directory.CreateDirectory(Path.Combine(Store.Folder, "damaged"));
        File.WriteAllText(Path.Combine(Store.Folder, "damaged", "backbone.json"), "{");
        Assert.Equal(["a", "b"], Store.List().Select(info => info.Id));
    }

    [Fact]
    public void Says_what_is_known_of_a_backbone()
    {
        BackboneInfo info = Generate("tiny");
        Assert.Equal(info, Store.Info("tiny"));
        Assert.True(info.IsGenerated);
        Assert.Equal((32, 8), (info.ImageSize, info.PatchSize));
        Assert.Equal(TinyModels.Configuration.ParameterCount, info.ParameterCount);
        Assert.Equal(TinyModels.Configuration.ToJson(), info.Configuration);
        string[] files = ["text.safetensors", "vision.onnx", "vision.safetensors", "vocabulary.txt"];
        Assert.Equal(["backbone.json", .. files], Directory.GetFiles(info.Folder).Select(path => Path.GetFileName(path)).Order());
        Assert.Equal(files.Sum(file => new FileInfo(Path.Combine(info.Folder, file)).Length), info.Size);
    }

    [Fact]
    public void The_hash_says_what_a_backbone_is_and_not_what_it_is_called()
    {
        string hash = Generate("a").Hash;
        Assert.Equal(hash, Generate("b").Hash);
        Assert.NotEqual(hash, Store.Generate(OtherConfigurationFile).Hash);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        Assert.Contains("The store is empty", Refused(() => Store.Open("x")).Message);
        Generate("a");
        Generate("b");
        Assert.Contains("Known: a, b;", Refused(() => Store.Open("x")).Message);
    }

    [Theory]
    [InlineData("x", "BackboneStore.Import")]
    [InlineData("vit-b-16", "BackboneStore.PullAsync")]
    public void A_missing_backbone_comes_with_the_way_to_get_it_from_code_and_from_the_command_line(string id, string way)
    {
        Assert.EndsWith($"'promptad-small-2' is always there. Get it with {way}.", Refused(() => Store.Open(id)).Message);
        PromptADException refused = Refused(() => Store.OpenMatching(id, new string('0', 64), new EncoderOptions()));
        Assert.EndsWith($"Import the same weights, or train it again. Get it with {way}.", refused.Message);
    }

    [Fact]
    public void Without_a_name_the_recommended_one_is_used_else_the_only_one_else_the_embedded_one()
    {
        Assert.Equal("promptad-small-2", Store.FindDefault());
        Store.Open(new EncoderOptions { Threads = 1 }).Dispose();
        Assert.Equal("promptad-small-2", Store.FindDefault()); // unpacked, it is not the store's only one
        Generate("a");
        Assert.Equal("a", Store.FindDefault());
        Generate("b");
        Assert.EndsWith("several backbones: a, b, promptad-small-2. Name one with BackboneStore.Open.", Refused(() => Store.FindDefault()).Message);
        Generate(BackboneStore.RecommendedId);
        using Backbone opened = Store.Open();
        Assert.Equal("ViT-B-16-plus-240", opened.Id);
    }

    [Fact]
    public void A_backbone_is_found_by_its_hash_whatever_its_name()
    {
        BackboneInfo info = Generate("renamed");
        var options = new EncoderOptions { Threads = 1 };
        using (Backbone found = Store.OpenMatching("original", info.Hash, options)) Assert.Equal(info.Hash, found.Hash);
        string zeros = new('0', 64);
        Assert.Contains($"another one (hash {info.Hash[..12]}", Refused(() => Store.OpenMatching("renamed", zeros, options)).Message);
        string near = $"{info.Hash[..20]}{(info.Hash[20] == '0' ? '1' : '0')}{zeros[21..]}";
        string message = Refused(() => Store.OpenMatching("renamed", near, options)).Message;
        Assert.Contains($"(hash {near[..24]})", message);
        Assert.Contains($"another one (hash {info.Hash[..24]})", message);
        Assert.Contains("has none with that hash", Refused(() => Store.OpenMatching("original", zeros, options)).Message);
    }

    [Fact]
    public void Removing_leaves_nothing_of_the_backbone_and_all_of_the_others()
    {
        Generate("a");
        Generate("b");
        Store.Remove("a");
        Assert.Equal(["b"], StoreEntries);
        Assert.Empty(Store.Check("b"));
        Refused(() => Store.Remove("a"));
    }

    [Fact]
    public void Check_names_every_file_that_is_missing_longer_or_changed()
    {
        string folder = Generate("tiny").Folder;
        Assert.Empty(Store.Check("tiny"));
        File.Delete(Path.Combine(folder, "vision.onnx"));
        File.AppendAllText(Path.Combine(folder, "vocabulary.txt"), "x");
        byte[] text = File.ReadAllBytes(Path.Combine(folder, "text.safetensors"));
        text[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(folder, "text.safetensors"), text);
        IReadOnlyList<string> problems = Store.Check("tiny");
        Assert.Equal(3, problems.Count);
        Assert.Contains("vision.onnx is missing", problems);
        Assert.Contains("text.safetensors has changed since it was imported", problems);
        Assert.Contains(problems, problem => problem.StartsWith("vocabulary.txt has ", StringComparison.Ordinal));
        Assert.Contains("is missing or has another size", Refused(() => Store.Open("tiny")).Message);
    }

    [Theory]
    [InlineData("F32", "I32", "not those of its configuration")]
    [InlineData("dtype", "dtyp_", "its header cannot be read")]
    public void Damaged_weights_are_refused_when_they_are_first_used(string before, string after, string message)
    {
        string weights = Path.Combine(Generate("tiny").Folder, Backbone.VisionWeightsFile);
        byte[] bytes = File.ReadAllBytes(weights);
        int place = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(before));
        Encoding.ASCII.GetBytes(after).CopyTo(bytes, place);
        File.WriteAllBytes(weights, bytes);
        using Backbone backbone = Store.Open("tiny");
        Assert.Contains(message, Refused(() => _ = backbone.Clip).Message);
    }

    [Fact]
    public void Another_of_the_same_name_is_refused_or_replaces_the_whole()
    {
        string hash = Generate("tiny").Hash;
        Assert.Contains("already in the store", Refused(() => Generate("tiny")).Message);
        BackboneInfo replaced = Store.Generate(OtherConfigurationFile, new BackboneImportOptions { Id = "tiny", Overwrite = true });
        Assert.NotEqual(hash, replaced.Hash);
        Assert.Equal(["tiny"], StoreEntries);
        Assert.Empty(Store.Check("tiny"));
    }

    [Fact]
    public void A_store_that_cannot_be_written_is_an_error_of_one_line()
    {
        var blocked = new BackboneStore(Path.Combine(WriteText("file", ""), "store"));
        Assert.Contains("Cannot write", Refused(() => blocked.Generate(TinyModels.Configuration, "tiny")).Message);
        Assert.Empty(blocked.List());
    }

    [Fact]
    public void Another_precision_is_another_backbone_of_less_than_half_the_size()
    {
        BackboneInfo exact = Generate("exact");
        BackboneInfo rounded = Store.Generate(
            TinyModels.Configuration, "rounded", new BackboneImportOptions { Precision = BackbonePrecision.Int8 });

        Assert.NotEqual(exact.Hash, rounded.Hash);
        Assert.Equal(BackbonePrecision.Float32, exact.Precision);
        Assert.Equal(BackbonePrecision.Int8, Store.Info("rounded").Precision);
        Assert.InRange(LengthOfVision(rounded), 1, LengthOfVision(exact) / 2);

        static long LengthOfVision(BackboneInfo info) => new FileInfo(Path.Combine(info.Folder, Backbone.VisionWeightsFile)).Length;
    }
}
