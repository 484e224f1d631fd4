using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Tests.Cancellation;
using PromptAD.Tests.Encoders;

namespace PromptAD.Tests.Memory;

public sealed class MemoryBuilderTests
{
    private const int Patches = LevelEncoder.Side * LevelEncoder.Side, Width = LevelEncoder.Width;
    private static readonly ScoringOptions Plain = MemoryOptions.ItselfAlone.Scoring;

    [Fact]
    public void The_bank_holds_the_pictures_first_and_then_what_is_remembered_of_each()
    {
        MemoryBuilder builder = Build(new MemoryOptions(Plain with { MemoryShifts = 2, WhitenMemory = false }), 0, 1);
        RegionMemory region = Assert.Single(builder.Build());
        Assert.Same(region.Bank, region.Unturned);
        Assert.Equal(2 * 4 * Patches, region.Bank.Rows);
        MemoryBank first = Build(MemoryOptions.ItselfAlone, 0).Build()[0].Bank;
        Assert.Equal(first.Layers[0], region.Bank.Layers[0][..(Patches * Width)]);
        Assert.Equal(2 * 3, region.Remembered.Count);
        PictureFeatures[] all = [.. region.Itself, .. region.Remembered];
        Assert.Equal(all.SelectMany(one => Channels.Normalize(one.Memory[0], Width)), region.Bank.Layers[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tile_is_remembered_as_a_picture_of_it_alone_would_be(bool isWhitened)
    {
        ScoringOptions scoring = Plain with { MemoryShifts = 2, WhitenMemory = isWhitened };
        var tiled = new MemoryBuilder(new LevelEncoder(), new MemoryOptions(scoring) { Tiles = new Tiling(1, 3) });
        for (int i = 0; i < 2; i++) tiled.Add(new GoodPicture([.. Enumerable.Range(0, 3).Select(tile => LevelEncoder.Picture((10 * tile) + i))], 1));
        IReadOnlyList<RegionMemory> regions = tiled.Build();
        Assert.Equal(3, regions.Count);
        for (int tile = 0; tile < 3; tile++)
        {
            RegionMemory alone = Build(new MemoryOptions(scoring), 10 * tile, (10 * tile) + 1).Build()[0];
            Assert.Equal(alone.Bank.Whitenings?[0].Matrix, regions[tile].Bank.Whitenings?[0].Matrix);
            // Of whole pictures, gentle variations are remembered beside.
            Assert.Equal(2 * (isWhitened ? 4 + GentleVariation.Count : 4) * Patches, alone.Bank.Rows);
            Assert.Equal(2 * 4 * Patches, regions[tile].Bank.Rows);
            Assert.Equal(alone.Bank.Layers[0][..(2 * Patches * Width)], regions[tile].Bank.Layers[0][..(2 * Patches * Width)]);
        }
    }

    [Fact]
    public void Variations_that_are_kept_are_those_that_are_asked_for()
    {
        var options = new MemoryOptions(Plain with { WhitenMemory = true, Fusion = ScoreFusion.CommonScale }) { JudgedPictures = 1 };
        (LevelEncoder asked, LevelEncoder kept) = (new LevelEncoder(), new LevelEncoder());
        MemoryBuilder later = Build(asked, options, 0, 1), once = Build(kept, options with { KeepsVariations = true }, 0, 1);
        Assert.Equal(2 * (1 + GentleVariation.Count), asked.Encoded);
        Assert.Equal(asked.Encoded + (2 * GoodVariation.Count), kept.Encoded); // what is judged are the gentle variations
        int before = kept.Encoded;
        Assert.Equal(Rows(later.Build()[0].Varied().Select(one => one.Picture)), Rows(once.Build()[0].Varied().Select(one => one.Picture)));
        Assert.Equal(Rows(later.Build()[0].Pictures[0].Judged()), Rows(once.Build()[0].Pictures[0].Judged()));
        Assert.Equal(before, kept.Encoded);
        once.Build()[0].Pictures[1].Judged(); // the second is none of those for limits
        Assert.Equal(before + GentleVariation.Count, kept.Encoded);
    }

    [Fact]
    public void Of_other_poses_as_many_rows_stay_as_are_asked_for_and_none_in_the_unturned_memory()
    {
        var poses = new PoseOptions { Turn = 90, MostRows = 40 };
        RegionMemory region = Build(new MemoryOptions(Plain) { Poses = poses }, 0, 1).Build()[0];
        Assert.Equal((2 * 40, 2 * Patches), (region.Bank.Rows, region.Unturned.Rows));
        Assert.Equal(Build(MemoryOptions.ItselfAlone, 0, 1).Build()[0].Bank.Layers[0], region.Unturned.Layers[0]);
    }

    [Fact]
    public void Each_picture_has_a_memory_of_its_own_that_is_whitened_as_all_are()
    {
        MemoryBuilder builder = Build(new MemoryOptions(Plain with { WhitenMemory = true }), 0, 1, 2);
        IReadOnlyList<MemoryBank> each = builder.BuildEach();
        MemoryBank all = builder.Build()[0].Bank;
        Assert.Equal(3, each.Count);
        Assert.Equal(all.Layers[0][..(3 * Patches * Width)], each.SelectMany(bank => bank.Layers[0]));
        Assert.All(each, bank => Assert.Equal(all.Whitenings![0].Matrix, bank.Whitenings![0].Matrix));
    }

    [Fact]
    public void The_same_picture_counts_once_also_where_it_differs_outside_of_the_mask_alone()
    {
        var encoder = new LevelEncoder();
        PictureMask mask = new PictureMask(16, 16).Inspect([new(0, 0), new(8, 0), new(8, 16), new(0, 16)]);
        var options = MemoryOptions.ItselfAlone with { Inspected = new InspectedPatches(mask, encoder.Info, 16) };
        var builder = new MemoryBuilder(encoder, options);
        byte[] one = LevelEncoder.Picture(1), other = [.. one];
        other[15] ^= 255; // the upper right corner
        Assert.True(builder.Add(new GoodPicture([one], 1)));
        Assert.False(builder.Add(new GoodPicture([other], 1)));
        Assert.True(Build(MemoryOptions.ItselfAlone, 1).Add(new GoodPicture([other], 1)));
        Assert.Equal((1, 1, Patches / 2), (builder.Pictures, encoder.Encoded, builder.Build()[0].Bank.Rows));
    }

    [Fact]
    public void A_picture_is_added_as_a_whole_or_not_at_all()
    {
        var encoder = new CancellingEncoder(new LevelEncoder());
        var options = new MemoryOptions(Plain with { MemoryShifts = 2, WhitenMemory = true }) { Tiles = new Tiling(2, 1) };
        var builder = new MemoryBuilder(encoder, options);
        var picture = new GoodPicture([LevelEncoder.Picture(1), LevelEncoder.Picture(2)], 1);
        for (int run = 1; run <= 8; run++)
        {
            using var source = new CancellationTokenSource();
            encoder.At(run, source.Cancel);
            Assert.Throws<OperationCanceledException>(() => builder.Add(picture, source.Token));
            Assert.Equal((run, 0), (encoder.Runs, builder.Pictures));
        }
        Assert.True(builder.Add(picture, TestContext.Current.CancellationToken));
        Assert.Equal(1, builder.Pictures);
    }

    [Fact]
    public void A_picture_of_another_number_of_regions_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Build(MemoryOptions.ItselfAlone).Add(new GoodPicture([[], []], 1)));

    private static MemoryBuilder Build(MemoryOptions options, params int[] seeds) => Build(new LevelEncoder(), options, seeds);

    private static MemoryBuilder Build(IPatchEncoder encoder, MemoryOptions options, params int[] seeds)
    {
        var builder = new MemoryBuilder(encoder, options);
        foreach (int seed in seeds) Assert.True(builder.Add(new GoodPicture([LevelEncoder.Picture(seed)], 1)));
        return builder;
    }

    private static float[] Rows(IEnumerable<PictureFeatures> pictures) => [.. pictures.SelectMany(one => one.Memory[0])];
}
