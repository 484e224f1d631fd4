using PromptAD.Pretraining.Measuring;

namespace PromptAD.Pretraining.Tests.Measuring;

public sealed class HandMadeDescriptorsTests
{
    private const int Size = 64, Grid = Size / 16;

    [Fact]
    public void Finds_the_patch_that_is_unlike_all_good_ones()
    {
        float[] good = Striped(), spoilt = Striped();
        for (int y = 34; y < 46; y++)
            for (int x = 18; x < 30; x++) spoilt[(y * Size) + x] += 2; // red, in row 2 and column 1
        var descriptors = new HandMadeDescriptors([good], Size);

        float[] own = descriptors.Map(good), map = descriptors.Map(spoilt);

        Assert.All(own, distance => Assert.Equal(0, distance, 1e-6f));
        Assert.Equal((2 * Grid) + 1, Array.IndexOf(map, map.Max()));
        Assert.True(HandMadeDescriptors.Score(map) > HandMadeDescriptors.Score(own));
    }

    [Fact]
    public void Sees_directions()
    {
        float[] good = Striped();
        float[] turned = [.. Enumerable.Range(0, good.Length).Select(i => good[(i / (Size * Size) * Size * Size) + (i % Size * Size) + (i / Size % Size)])];

        Assert.True(new HandMadeDescriptors([good], Size).Map(turned).Min() > 1);
    }

    // Waves along x, a little different in each channel; no two neighbouring patches start alike.
    private static float[] Striped() => [.. Enumerable.Range(0, 3 * Size * Size).Select(i => MathF.Sin((i % Size * 0.9f) + (i / (Size * Size))))];
}
