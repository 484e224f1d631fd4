using System.Text.Json.Nodes;
using PromptAD.Detectors;
using PromptAD.Memory;
using PromptAD.Tests.Scoring;

namespace PromptAD.Tests.Detectors;

public sealed class TiledDetectorTests : DetectorTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_saved_is_loaded(bool whitened)
    {
        Detector tiled = Tiled(new Tiling(1, 3), whitened);
        tiled.Save(File);
        Detector loaded = Detector.Load(File);
        Assert.Equal(new Tiling(1, 3), loaded.Metadata.Tiles);
        Assert.Equal(tiled.Banks.SelectMany(bank => bank.Layers), loaded.Banks.SelectMany(bank => bank.Layers));
        Assert.Equal(whitened, loaded.Banks.All(bank => bank.Whitenings is not null));
        if (whitened) Assert.Equal(tiled.Banks[2].Whitenings![1].Matrix, loaded.Banks[2].Whitenings![1].Matrix);
        Assert.Equal(new Tiling(1, 3), DetectorInfo.Read(File).Tiles);
    }

    [Fact]
    public void A_detector_without_tiles_says_nothing_of_them()
    {
        Assert.DoesNotContain("tiles", System.IO.File.ReadAllText(File)[..2000]);
        Assert.Null(DetectorInfo.Read(File).Tiles);
        Assert.Same(Model.Memory, Assert.Single(Model.Banks));
    }

    [Theory]
    [InlineData("""{"rows": 9, "columns": 1}""")]
    [InlineData("""{"rows": 1, "columns": 1}""")]
    [InlineData("""{"rows": 2}""")]
    [InlineData("""{"rows": 2, "columns": 3}""")] // more than there are
    public void Tiles_that_cannot_be_are_refused_with_the_files_name(string json)
    {
        Tiled(new Tiling(1, 3), whitened: false).Save(File);
        Rewrite(metadata: metadata => metadata["tiles"] = JsonNode.Parse(json));
        Assert.Contains(File, Refused(() => Detector.Load(File)).Message);
    }

    [Fact]
    public void Memories_that_are_missing_or_do_not_fit_are_refused()
    {
        Detector tiled = Tiled(new Tiling(1, 3), whitened: false);
        MemoryBank shallow = new([Model.Memory!.Layers[0]], Model.Memory!.Widths[0]);
        (tiled with { Banks = [.. tiled.Banks.Take(2), shallow] }).Save(File);
        Assert.Contains("the memory banks of its tiles do not fit each other", Refused(() => Detector.Load(File)).Message);
        (tiled with { Banks = [.. tiled.Banks.Take(2)] }).Save(File);
        Assert.Contains("its tile 3 has no memory bank", Refused(() => Detector.Load(File)).Message);
    }

    [Fact]
    public void Several_threads_get_what_one_gets()
    {
        Tiled(new Tiling(1, 2), whitened: false).Save(File);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        float[] expected = [.. Enumerable.Range(0, 8).Select(seed => detector.Predict(Frame(Noise(seed))).Score)];
        var found = new float[8];
        Parallel.For(0, 8, seed => found[seed] = detector.Predict(Frame(Noise(seed))).Score);
        Assert.Equal(expected, found);
    }

    private Detector Tiled(Tiling tiling, bool whitened)
    {
        int width = Model.Memory!.Widths[0];
        MemoryBank Bank(int tile) => new(
            [.. Model.Memory!.Layers.Select((_, layer) => RandomFeatures.Rows(3 + tile, width, (10 * tile) + layer))], width,
            whitened ? [.. Model.Memory!.Layers.Select((_, layer) => new Whitening(RandomFeatures.Rows(1, width, tile), RandomFeatures.Rows(width, width, layer)))] : null);
        DetectorMetadata metadata = Model.Metadata with { Tiles = tiling, Scoring = Model.Metadata.Scoring with { WhitenMemory = whitened } };
        return Model with { Metadata = metadata, Banks = [.. Enumerable.Range(0, tiling.Count).Select(Bank)] };
    }
}
