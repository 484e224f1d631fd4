using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Tests.Encoders;

namespace PromptAD.Tests.Memory;

/// <summary>Memories of more pictures than are remembered whole.</summary>
public sealed class BoundedMemoryTests
{
    private const int Patches = LevelEncoder.Side * LevelEncoder.Side;

    [Fact]
    public void Four_pictures_are_remembered_whole_and_five_are_bounded()
    {
        MemoryOptions options = MemoryOptions.ItselfAlone with { MostRows = 10 };
        Assert.Equal(4 * Patches, Build(options, 4).Bank.Rows);
        RegionMemory five = Build(options, 5);
        Assert.Equal(10, five.Bank.Rows);
        Assert.Equal(10, five.Rows!.Sources.Count);
        Assert.Equal(five.Rows.Sources.Order(), five.Rows.Sources);
    }

    [Fact]
    public void Rows_know_the_picture_and_the_place_that_they_come_from()
    {
        RegionMemory bounded = Build(MemoryOptions.ItselfAlone with { MostRows = 12 }, 6);
        for (int row = 0; row < 12; row++)
        {
            PictureFeatures picture = bounded.Pictures[bounded.Rows!.Sources[row]].Itself;
            int place = ((int)bounded.Rows.Spots[row].Y * LevelEncoder.Side) + (int)bounded.Rows.Spots[row].X;
            float[] expected = Channels.Normalize(picture.Memory[0].AsSpan(place * LevelEncoder.Width, LevelEncoder.Width).ToArray(), LevelEncoder.Width);
            Assert.Equal(expected, bounded.Bank.Layers[0][(row * LevelEncoder.Width)..((row + 1) * LevelEncoder.Width)]);
        }
    }

    [Fact]
    public void All_rows_are_kept_where_the_bound_allows_it()
    {
        RegionMemory all = Build(MemoryOptions.ItselfAlone with { MostRows = 1000 }, 6);
        Assert.Equal(6 * Patches, all.Bank.Rows);
        Assert.Equal(5 * Patches, all.Rows!.Without(3).Length);
    }

    [Fact]
    public void No_patch_is_farther_from_the_chosen_rows_than_from_any_other_choice_of_its_kind()
    {
        // k-centre greedy: the farthest row is at most twice as far as with the best choice, so nearer than with the first rows alone.
        RegionMemory all = Build(MemoryOptions.ItselfAlone with { MostRows = 1000 }, 8);
        RegionMemory few = Build(MemoryOptions.ItselfAlone with { MostRows = 16 }, 8);
        float Farthest(MemoryBank bank) => all.Pictures.SelectMany(picture => bank.VisualMap(picture.Itself.Memory)).Max();
        Assert.True(Farthest(few.Bank) < Farthest(all.Bank.Pick([.. Enumerable.Range(0, 16)])));
        Assert.InRange(Farthest(all.Bank), 0, 1e-6f);
    }

    [Fact]
    public void Of_many_pictures_the_first_sixteen_are_varied_alone()
    {
        var encoder = new LevelEncoder();
        var options = new MemoryOptions(MemoryOptions.ItselfAlone.Scoring with { WhitenMemory = true, Fusion = ScoreFusion.CommonScale })
        {
            KeepsVariations = true,
        };
        var builder = new MemoryBuilder(encoder, options);
        for (int i = 0; i < 4; i++) builder.Add(GoodPicture(i));
        int whole = encoder.Encoded;
        for (int i = 4; i < 30; i++) builder.Add(GoodPicture(i));
        Assert.Equal(whole + (26 * (1 + GentleVariation.Count)), encoder.Encoded);
        RegionMemory region = Assert.Single(builder.Build());
        Assert.Equal(MemoryOptions.StudiedPictures * GoodVariation.Count, region.Varied().Count());
    }

    private static GoodPicture GoodPicture(int seed) => new([LevelEncoder.Picture(seed)], 1);

    private static RegionMemory Build(MemoryOptions options, int pictures)
    {
        var builder = new MemoryBuilder(new LevelEncoder(), options);
        for (int i = 0; i < pictures; i++) builder.Add(GoodPicture(i));
        return Assert.Single(builder.Build());
    }
}
