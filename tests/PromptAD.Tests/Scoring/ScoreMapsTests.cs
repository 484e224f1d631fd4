using PromptAD.Scoring;

namespace PromptAD.Tests.Scoring;

public sealed class ScoreMapsTests
{
    [Theory]
    [InlineData(0.5, 0.5, 0.25)]
    [InlineData(0.2, 0.3, 0.12)]
    [InlineData(1, 1, 0.5)]
    [InlineData(0, 0.5, 0)]
    [InlineData(0.5, 0, 0)]
    [InlineData(0, 0, 0)]
    public void Fusion_is_harmonic_and_0_where_either_is_0(double textual, double visual, double expected)
    {
        Assert.Equal(expected, ScoreMaps.Fuse((float)textual, (float)visual), 1e-7);
        Assert.Equal(expected, Assert.Single(ScoreMaps.Fuse([(float)textual], [(float)visual])), 1e-7);
    }
}
