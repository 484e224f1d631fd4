using PromptAD.Memory;
using PromptAD.Training.Tests.Twins;

namespace PromptAD.Training.Tests;

public sealed class WhiteningTests
{
    [Theory]
    [InlineData(5, 16, 1)]
    [InlineData(64, 225, 4)]
    [InlineData(384, 100, 2)]
    public void It_is_what_libtorch_makes(int width, int patches, int shots)
    {
        var pictures = new WhiteningPictures(width, patches, shots);
        Whitening expected = pictures.ByTorch(), found = pictures.Find();
        AssertNear(expected.Mean, found.Mean);
        AssertNear(expected.Matrix, found.Matrix);
    }

    private static void AssertNear(float[] expected, float[] found)
    {
        double largest = expected.Max(Math.Abs);
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * largest));
    }
}
