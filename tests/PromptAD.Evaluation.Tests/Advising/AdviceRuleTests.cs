using PromptAD.Evaluation.Advising;

namespace PromptAD.Evaluation.Tests.Advising;

public sealed class AdviceRuleTests
{
    private const int Enough = AdviceRule.LeastTestPictures;

    [Theory]
    [InlineData(0.02, 0.001, "shifts")] // more than a point, and more than noise
    [InlineData(0.02, 0.0, "plain")] // no more than noise
    [InlineData(0.009, 0.005, "plain")] // less than a point
    public void An_option_must_gain_a_point_and_more_than_noise(double gain, double lower, string expected) =>
        Assert.Equal(expected, Choose(Enough, ("shifts", "plain", gain, lower)));

    [Fact]
    public void A_dearer_option_must_gain_over_the_cheaper_one_that_was_chosen_before()
    {
        (string, string, double, double)[] both = [("poses", "plain", 0.03, 0.01), ("shifts", "plain", 0.035, 0.01)];
        Assert.Equal("poses", Choose(Enough, [.. both, ("shifts", "poses", 0.005, -0.01)]));
        Assert.Equal("shifts", Choose(Enough, [.. both, ("shifts", "poses", 0.02, 0.001)]));
    }

    [Fact]
    public void Tiles_must_gain_more_than_other_options()
    {
        Assert.Equal("tiles", Choose(Enough, ("tiles", "plain", AdviceRule.TilesPoint, 0.01)));
        Assert.Equal("plain", Choose(Enough, ("tiles", "plain", 0.049, 0.01)));
        Assert.Equal(AdviceRule.TilesPoint, AdviceRule.LeastGain(new AdviceVariant(4, Tiles: new Tiling(2, 2))));
        Assert.Equal(AdviceRule.Point, AdviceRule.LeastGain(new AdviceVariant(4, Poses: PoseOptions.Quarter)));
        Assert.True(AdviceRule.IsShown(new PairedDifference(0.02, new Interval(0.01, 1)), AdviceRule.Point, Enough));
    }

    [Fact]
    public void The_fewest_shots_that_are_shown_to_lose_nothing_are_enough()
    {
        Assert.Equal("one", Choose(Enough, ("one", "plain", 0, -0.01), ("two", "plain", 0, -0.01)));
        Assert.Equal("two", Choose(Enough, ("one", "plain", 0, -0.02), ("two", "plain", 0, -0.005)));
        Assert.Equal("plain", Choose(Enough, ("one", "plain", 0.01, -0.02), ("two", "plain", 0, -0.03)));
    }

    [Fact]
    public void Few_test_pictures_show_nothing() =>
        Assert.Equal("plain", Choose(Enough - 1, ("tiles", "plain", 0.5, 0.4), ("one", "plain", 0, 0)));

    /// <summary>Pairs that are not given differ by nothing, with a wide interval.</summary>
    private static string Choose(int testPictures, params (string One, string Other, double Gain, double Lower)[] known) => AdviceRule.Choose(
        "plain", ["poses", "shifts", "tiles"], option => option == "tiles" ? AdviceRule.TilesPoint : AdviceRule.Point, ["one", "two"],
        testPictures, (one, other) =>
        {
            foreach ((string first, string second, double gain, double lower) in known)
                if ((first, second) == (one, other)) return new PairedDifference(gain, new Interval(lower, 1));
            return new PairedDifference(0, new Interval(-1, 1));
        });
}
