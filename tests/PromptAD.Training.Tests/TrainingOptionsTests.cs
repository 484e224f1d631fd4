namespace PromptAD.Training.Tests;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void The_presets_differ_in_preprocessing_and_in_how_scores_are_read_alone()
    {
        // Q7 and Q8 need a test set and a category, so they are the caller's; everything else is common ground.
        Assert.Equal(
            TrainingOptions.Published with { Preprocessing = new PreprocessingOptions(), Scoring = TrainingOptions.Recommended.Scoring },
            TrainingOptions.Recommended);
        ScoringOptions published = TrainingOptions.Published.Scoring;
        Assert.Equal(new ScoringOptions { ClassToken = true, TextWeight = 1, WhitenMemory = false, MemoryShifts = 1 }, published);
        Assert.Equal((ScoreFusion.Harmonic, 0), (published.Fusion, published.TopPatches));
        Assert.Equal(ResizeMode.Through1024, TrainingOptions.Published.Preprocessing.Resize);
        Assert.Equal(ChannelOrder.Bgr, TrainingOptions.Published.Preprocessing.QueryChannels);
    }

    [Theory]
    [InlineData(0, 0.002)]
    [InlineData(50, 0.001005)]
    [InlineData(100, 1e-5)]
    public void The_learning_rate_follows_a_cosine(int epoch, double rate) => Assert.Equal(rate, new OptimizerOptions().RateAt(epoch), 12);

    [Fact]
    public void A_value_out_of_range_is_named_with_its_range()
    {
        var options = new TrainingOptions { Optimizer = new OptimizerOptions { Epochs = 0 } };
        Assert.Equal("Epochs is 0; it must lie between 1 and 10000.", Assert.Throws<PromptADException>(options.Validate).Message);
        Assert.Throws<PromptADException>(new TrainingOptions { Optimizer = new OptimizerOptions { LearningRate = double.NaN } }.Validate);
        var unknown = new TrainingOptions { Losses = new LossOptions { PixelMargin = (PixelMargin)99 } };
        Assert.Equal("PixelMargin is 99; it must be PerChannel or PerToken.", Assert.Throws<PromptADException>(unknown.Validate).Message);
        Assert.Throws<PromptADException>(new TrainingOptions { Scoring = new ScoringOptions { MapSize = 0 } }.Validate);
    }

    [Fact]
    public void Published_states_are_known_by_category()
    {
        Assert.Equal(8, PublishedPrompts.CommonStates.Count);
        Assert.Contains("{} with bent wire", PublishedPrompts.StatesOf("cable"));
        Assert.Equal("printed circuit board", PublishedPrompts.ObjectNameOf("pcb1"));
        Assert.Equal("cable", PublishedPrompts.ObjectNameOf("cable"));
        PromptADException error = Assert.Throws<PromptADException>(() => PublishedPrompts.StatesOf("bolt"));
        Assert.StartsWith("'bolt' is not a category", error.Message, StringComparison.Ordinal);
    }
}
