using PromptAD.Encoders.Clip;

namespace PromptAD.Tests.Scoring;

public sealed class ScoringDefaultsTests
{
    [Fact]
    public void Is_as_published_where_it_is_not_given()
    {
        Assert.Equal(new ScoringDefaults(ClassToken: true, TextWeight: 1, WhitenMemory: false, MemoryShifts: 1), Parse("").Scoring);
        Assert.Equal(ScoringDefaults.Published, Parse("\"reading\": {},").Scoring);
        Assert.DoesNotContain("reading", Parse("").ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Survives_the_canonical_text()
    {
        ClipConfiguration configuration =
            Parse("\"reading\": {\"class_token\": false, \"text_weight\": 0.25, \"whiten_memory\": true, \"memory_shifts\": 4},");
        Assert.Equal(new ScoringDefaults(ClassToken: false, TextWeight: 0.25f, WhitenMemory: true, MemoryShifts: 4), configuration.Scoring);
        Assert.Equal(configuration, ClipConfiguration.Parse(configuration.ToJson()));
    }

    [Theory]
    [InlineData("{\"text_weight\": -1}", "'reading.text_weight' is -1; allowed are 0 to 100")]
    [InlineData("{\"text_weight\": 101}", "'reading.text_weight' is 101; allowed are 0 to 100")]
    [InlineData("{\"memory_shifts\": 0}", "reading.memory_shifts")]
    [InlineData("{\"memory_shifts\": 9}", "reading.memory_shifts")]
    [InlineData("{\"whiten_memory\": 1}", "reading.whiten_memory")]
    [InlineData("{\"word_trust\": 1.1}", "reading.word_trust")]
    [InlineData("{\"taps\": 1}", "reading.taps")]
    [InlineData("3", "reading")]
    public void Is_refused_where_it_cannot_be_done(string reading, string reason)
    {
        var error = Assert.Throws<PromptADException>(() => Parse($"\"reading\": {reading},"));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fills_what_the_options_leave_open_and_nothing_else()
    {
        var reading = new ScoringDefaults(ClassToken: false, TextWeight: 0.25f, WhitenMemory: true, MemoryShifts: 4);
        Assert.Equal(
            new ScoringOptions { ClassToken = false, TextWeight = 0.25f, WhitenMemory = true, MemoryShifts = 4 },
            new ScoringOptions().For(reading));
        var chosen = new ScoringOptions { ClassToken = true, TextWeight = 2, WhitenMemory = false, MemoryShifts = 1 };
        Assert.Equal(chosen, chosen.For(reading));
    }

    private static ClipConfiguration Parse(string reading) => ClipConfiguration.Parse($$"""
        {"embed_dim": 16, {{reading}} "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 16},
         "text_cfg": {"vocab_size": 600, "width": 32, "heads": 2, "layers": 2} }
        """);
}
