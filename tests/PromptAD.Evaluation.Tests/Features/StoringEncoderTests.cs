using PromptAD.Encoders;
using PromptAD.Evaluation.Features;
using PromptAD.Tests.Encoders;

namespace PromptAD.Evaluation.Tests.Features;

public sealed class StoringEncoderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void No_picture_is_encoded_twice_in_this_run_or_in_another(long budget)
    {
        var inner = new LevelEncoder();
        float[][] expected = [.. Enumerable.Range(0, 3).Select(seed => Rows(new LevelEncoder(), seed))];
        for (int run = 0; run < 2; run++)
        {
            StoringEncoder storing = Over(inner, budget);
            for (int i = 0; i < 6; i++) Assert.Equal(expected[i % 3], Rows(storing, i % 3));
        }
        Assert.Equal(3, inner.Encoded);
    }

    [Fact]
    public void Features_are_told_apart_by_the_encoder()
    {
        var other = new LevelEncoder("others");
        Rows(Over(new LevelEncoder()), 1);
        Rows(Over(other), 1);
        Assert.Equal(1, other.Encoded);
    }

    [Fact]
    public void What_is_damaged_is_made_again()
    {
        float[] expected = Rows(Over(new LevelEncoder()), 1);
        string file = Assert.Single(Directory.GetFiles(folder));
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllText(file, "no tensors");
        var inner = new LevelEncoder();
        Assert.Equal(expected, Rows(Over(inner), 1));
        Assert.Equal(1, inner.Encoded);
        Assert.Equal(whole, File.ReadAllBytes(file));
    }

    [Fact]
    public void What_is_kept_does_not_change_with_the_callers_features()
    {
        StoringEncoder storing = Over(new LevelEncoder());
        PictureFeatures room = PictureFeatures.Room(storing.Info);
        storing.Encode(LevelEncoder.Picture(1), room);
        float[] expected = [.. room.Cls, .. room.Tokens, .. room.Memory[0]];
        storing.Encode(LevelEncoder.Picture(2), room);
        Assert.Equal(expected, Rows(storing, 1));
    }

    private StoringEncoder Over(LevelEncoder inner, long budget = long.MaxValue) => new(inner, new FeatureStore(inner.Info, folder, budget));

    private static float[] Rows(IPatchEncoder encoder, int seed)
    {
        PictureFeatures features = encoder.Encode(LevelEncoder.Picture(seed));
        return [.. features.Cls, .. features.Tokens, .. features.Memory[0]];
    }
}
