using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Tests.Encoders;

namespace PromptAD.Tests.Memory;

/// <summary>Memories that are planes, of any number of pictures.</summary>
public sealed class SubspaceMemoryTests
{
    private static readonly MemoryOptions Options = MemoryOptions.ItselfAlone with { Kind = MemoryKind.Subspace, ExplainedVariance = 0.8 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_layer_says_the_distance_from_its_plane_as_a_bank_says_that_from_a_row(bool isWhitened)
    {
        MemoryOptions options = Options with { Scoring = Options.Scoring with { WhitenMemory = isWhitened } };
        MemoryBank memory = Build(options, 3).Bank;
        float[] query = Encode(99).Memory[0];
        float[] rows = memory.Whitenings?[0].Apply(query) ?? Channels.Normalize(query, LevelEncoder.Width);
        // A bank that holds the nearest point of the plane of one query after the other.
        float[] expected = [.. rows.Chunk(LevelEncoder.Width).Select((row, i) =>
        {
            float square = Far(row, Nearest(memory.Subspaces![0], row));
            return isWhitened ? MathF.Sqrt(square) / (MathF.Sqrt(square) + MathF.Sqrt(2 * LevelEncoder.Width)) : square / 4;
        })];
        float[] found = memory.VisualMap([query]);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f);
    }

    [Fact]
    public void A_row_beside_the_plane_makes_what_is_like_it_near_and_can_be_taken_away()
    {
        MemoryBank memory = Build(Options, 3).Bank;
        float[] query = Encode(99).Memory[0];
        float[] before = memory.VisualMap([query]);
        int farthest = Array.IndexOf(before, before.Max());
        MemoryBank more = memory.With(memory.Of([Channels.Pick(query, [farthest], LevelEncoder.Width)]));
        float[] after = more.VisualMap([query]);
        Assert.Equal(0, after[farthest], 1e-6f);
        Assert.All(before.Zip(after), pair => Assert.True(pair.Second <= pair.First));
        Assert.Equal((0, 1), (memory.Rows, more.Rows));
        Assert.Equal(before, more.Without(1).VisualMap([query]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Up_to_four_pictures_are_left_out_one_by_one(bool isWhitened)
    {
        MemoryOptions options = Options with { Scoring = Options.Scoring with { WhitenMemory = isWhitened } };
        RegionMemory all = Build(options, 4);
        MemoryBank left = all.Subspaces!.Without(3);
        var others = new SubspaceSums([LevelEncoder.Width], isWhitened);
        for (int i = 0; i < 3; i++) others.Add(i, [all.Pictures[i].Itself, .. all.Pictures[i].Remembered]);
        MemoryBank expected = others.Find(new MemoryBank([[]], LevelEncoder.Width, all.Bank.Whitenings), Options.ExplainedVariance);
        float[] query = Encode(99).Memory[0];
        foreach ((float one, float other) in expected.VisualMap([query]).Zip(left.VisualMap([query]))) Assert.Equal(one, other, 1e-5f);
        Assert.Same(left, all.Subspaces.Without(3));
    }

    [Fact]
    public void Of_many_pictures_rows_are_forgotten_and_all_of_them_count()
    {
        RegionMemory many = Build(Options, 30);
        Assert.All(many.Pictures.Skip(MemoryOptions.StudiedPictures), picture => Assert.Empty(picture.Itself.Memory));
        Assert.All(many.Pictures, picture => Assert.NotEmpty(picture.Itself.Tokens));
        Assert.False(many.Subspaces!.HasPlaces);
        var fit = new SubspaceFit(LevelEncoder.Width);
        for (int i = 0; i < 30; i++) fit.Add(Channels.Normalize(Encode(i).Memory[0], LevelEncoder.Width));
        Subspace expected = fit.Find(Options.ExplainedVariance);
        float[] asked = Channels.Normalize(Encode(99).Memory[0], LevelEncoder.Width);
        Assert.Equal(expected.Count, many.Bank.Subspaces![0].Count);
        foreach ((float one, float other) in expected.Residuals(asked).Zip(many.Bank.Subspaces[0].Residuals(asked)))
            Assert.Equal(one, other, 1e-5f);
    }

    [Fact]
    public void Places_are_left_out_until_none_is_left()
    {
        SubspaceMemory memory = Build(Options, 1).Subspaces!;
        Assert.True(memory.HasPlaces);
        MemoryBank half = memory.WithoutPlaces(0, spot => spot.X < 2)!;
        Assert.NotEqual(memory.Whole().Subspaces![0].Mean, half.Subspaces![0].Mean);
        Assert.Null(memory.WithoutPlaces(1, _ => true));
    }

    private static float[] Nearest(Subspace plane, float[] row)
    {
        float[] point = [.. plane.Mean];
        foreach (float[] direction in plane.Components.Chunk(row.Length))
        {
            float along = row.Zip(plane.Mean, (value, mean) => value - mean).Zip(direction, (value, part) => value * part).Sum();
            for (int i = 0; i < point.Length; i++) point[i] += along * direction[i];
        }
        return point;
    }

    private static float Far(float[] one, float[] other) => one.Zip(other, (a, b) => (a - b) * (a - b)).Sum();

    private static PictureFeatures Encode(int seed)
    {
        using var encoder = new LevelEncoder();
        return encoder.Encode(LevelEncoder.Picture(seed));
    }

    private static RegionMemory Build(MemoryOptions options, int pictures)
    {
        var builder = new MemoryBuilder(new LevelEncoder(), options);
        for (int i = 0; i < pictures; i++) builder.Add(new GoodPicture([LevelEncoder.Picture(i)], 1));
        return Assert.Single(builder.Build());
    }
}
