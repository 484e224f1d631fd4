using PromptAD.Checkpoints;
using PromptAD.Files;

namespace PromptAD.Tests.Store;

public sealed class BackboneImportTests : StoreTest
{
    [Fact]
    public void Imported_weights_are_those_of_the_checkpoint()
    {
        BackboneInfo imported = Import(WriteCheckpoint());
        BackboneInfo generated = Generate("generated");
        Assert.Equal("tiny", imported.Id); // the configuration's name
        Assert.False(imported.IsGenerated);
        Assert.StartsWith("weights.safetensors, sha256 ", imported.Source);
        Assert.Equal(generated.Hash, imported.Hash);
        foreach (string file in (string[])["vision.onnx", "vision.safetensors", "text.safetensors", "vocabulary.txt"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(generated.Folder, file)), File.ReadAllBytes(Path.Combine(imported.Folder, file)));
    }

    [Fact]
    public void One_other_weight_is_another_backbone()
    {
        string hash = Generate("generated").Hash;
        string changed = WriteCheckpoint(values: (entry, values) =>
        {
            if (entry.Name == "logit_scale") values[0] += 0.001f;
        });
        Assert.NotEqual(hash, Import(changed).Hash);
    }

    [Fact]
    public void Half_precision_is_read() =>
        Assert.Empty(Store.Check(Import(WriteCheckpoint(entry => entry with { Type = ElementType.Float16 })).Id));

    [Fact]
    public void Buffers_of_other_programs_are_passed_over()
    {
        var mask = new TensorEntry("attn_mask", ElementType.Float32, [24, 24]);
        string path = WriteCheckpoint(entry => entry.Name == "logit_scale" ? mask : entry);
        Assert.Equal(["logit_scale is missing"], Refused(() => Import(path)).Details);
    }

    [Fact]
    public void A_scalar_may_be_stored_as_one_element()
    {
        string path = WriteCheckpoint(entry => entry.Shape.Length == 0 ? entry with { Shape = [1] } : entry);
        Assert.Equal(Generate("generated").Hash, Import(path).Hash);
    }

    [Fact]
    public void Every_difference_is_listed()
    {
        string path = WriteCheckpoint(entry => entry.Name switch
        {
            "visual.proj" => null,
            "text_projection" => new TensorEntry("head.weight", entry.Type, [3]),
            "ln_final.weight" => entry with { Shape = [17] },
            _ => entry,
        });
        PromptADException error = Refused(() => Import(path));
        Assert.Contains("4 differences", error.Message);
        Assert.Equal(
            [
                "visual.proj is missing",
                "ln_final.weight is 17, the configuration says 16",
                "text_projection is missing",
                "head.weight is not part of the configuration",
            ],
            error.Details);
        Assert.Empty(StoreEntries);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_not_finite_are_refused_by_name(float value)
    {
        const string Name = "visual.transformer.resblocks.1.mlp.c_fc.bias";
        string path = WriteCheckpoint(values: (entry, values) =>
        {
            if (entry.Name == Name) values[^1] = value;
        });
        Assert.Contains($"'{Name}'", Refused(() => Import(path)).Message);
        Assert.Empty(StoreEntries);
    }

    [Fact]
    public void A_truncated_checkpoint_leaves_nothing()
    {
        string path = WriteCheckpoint();
        using (FileStream stream = File.OpenWrite(path)) stream.SetLength(stream.Length - 10);
        Refused(() => Import(path));
        Assert.Empty(StoreEntries);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)] // while the weights are checked
    [InlineData(0.7)] // while they are written
    [InlineData(0.99)]
    public void Cancelling_leaves_nothing_new_and_what_was_there(double fraction)
    {
        string hash = Generate("tiny").Hash, checkpoint = WriteCheckpoint();
        using var source = new CancellationTokenSource();
        var progress = new SynchronousProgress<BackboneProgress>(state =>
        {
            if (state.Fraction >= fraction) source.Cancel();
        });
        var options = new BackboneImportOptions { Overwrite = true };
        Assert.ThrowsAny<OperationCanceledException>(() => Store.Import(checkpoint, ConfigurationFile, options, progress, source.Token));
        Assert.Equal(["tiny"], StoreEntries);
        Assert.Equal(hash, Store.Info("tiny").Hash);
        Assert.Empty(Store.Check("tiny"));
    }

    [Fact]
    public void Progress_rises_to_1()
    {
        var fractions = new List<double>();
        var progress = new SynchronousProgress<BackboneProgress>(state => fractions.Add(state.Fraction));
        Store.Import(WriteCheckpoint(), ConfigurationFile, progress: progress);
        Assert.Equal(fractions.Order(), fractions);
        Assert.InRange(fractions[0], 0, 0.2);
        Assert.Equal(1, fractions[^1]);
    }

    [Fact]
    public void The_memory_point_is_part_of_the_backbone()
    {
        BackboneInfo published = Generate("published");
        var options = new BackboneImportOptions { Id = "paper", MemoryPoint = MemoryTapPoint.Block };
        BackboneInfo paper = Store.Import(WriteCheckpoint(), ConfigurationFile, options);
        Assert.Contains("\"point\":\"block\"", paper.Configuration);
        Assert.NotEqual(published.Hash, paper.Hash);
    }

    [Fact]
    public void A_vocabulary_that_does_not_fit_is_refused()
    {
        var options = new BackboneImportOptions { Vocabulary = WriteText("short.txt", "#version: 0.2\nt h\n") };
        Assert.Contains("short.txt", Refused(() => Store.Import(WriteCheckpoint(), ConfigurationFile, options)).Message);
        Assert.Empty(StoreEntries);
    }

    [Fact]
    public void The_text_towers_weights_keep_their_names_and_values()
    {
        using var rule = new DeterministicCheckpoint(TinyModels.Configuration);
        using SafetensorsFile text = SafetensorsFile.Open(Path.Combine(Generate("tiny").Folder, "text.safetensors"));
        IEnumerable<string> names = rule.Tensors.Keys.Where(name => !name.StartsWith("visual.", StringComparison.Ordinal));
        Assert.Equal(names.Order(), text.Tensors.Keys.Order());
        foreach (TensorEntry entry in text.Tensors.Values)
        {
            var expected = new float[entry.Count];
            rule.Read(entry.Name, expected);
            Assert.Equal(expected, text.ReadFloats(entry.Name));
        }
    }

    private BackboneInfo Import(string checkpoint) => Store.Import(checkpoint, ConfigurationFile);
}
