using PromptAD.Encoders.Dino;

namespace PromptAD.Tests.Encoders.Dino;

public sealed class DinoConfigurationTests
{
    private const string Sizes = """ "kind": "dinov2", "width": 64, "layers": 4, "heads": 4, "patch": 14, "trained_size": 70 """;

    [Fact]
    public void Its_text_is_canonical_and_whole()
    {
        const string Expected = """
            {"kind":"dinov2","width":64,"layers":4,"heads":4,"patch":14,"trained_size":70,"input_size":70,"registers":0,
            "interpolate_offset":0.1,"interpolate_antialias":false,"ffn":"mlp","layer_scale":true,"norm_epsilon":1E-06,
            "memory_taps":{"blocks":[3],"normed":true}}
            """;
        Assert.Equal(Expected.Replace("\n", "", StringComparison.Ordinal), Parse("").ToJson());
        Assert.Equal(Parse(""), DinoConfiguration.Parse(Expected));
    }

    [Fact]
    public void Registers_bring_the_interpolation_that_they_were_published_with()
    {
        Assert.Equal(new PositionInterpolation(0, Antialias: true), Parse(", \"registers\": 4").Interpolation);
        Assert.Equal(
            new PositionInterpolation(0.1, Antialias: true), Parse(", \"registers\": 4, \"interpolate_offset\": 0.1").Interpolation);
    }

    [Theory]
    [InlineData(4, 3)]
    [InlineData(12, 11)]
    [InlineData(24, 13, 16)]
    [InlineData(40, 22, 28)]
    public void Deeper_models_are_read_before_their_end(int layers, params int[] blocks)
    {
        string sizes = Sizes.Replace("\"layers\": 4", $"\"layers\": {layers}", StringComparison.Ordinal);
        Assert.Equal(new DinoTaps(blocks, AreNormed: true), DinoConfiguration.Parse($$"""{ {{sizes}} }""").Taps);
    }

    [Fact]
    public void Taps_are_data()
    {
        DinoConfiguration configuration = Parse(", \"memory_taps\": {\"blocks\": [0, 2], \"normed\": false, \"weights\": [0.5, 1]}");
        Assert.Equal(new DinoTaps([0, 2], AreNormed: false, [0.5f, 1]), configuration.Taps);
        Assert.Equal(configuration, DinoConfiguration.Parse(configuration.ToJson()));
        Assert.Equal(configuration.GetHashCode(), DinoConfiguration.Parse(configuration.ToJson()).GetHashCode());
    }

    [Theory]
    [InlineData(96, 256)]
    [InlineData(64, 176)] // 170.7 rounded down, then up to a multiple of 8
    [InlineData(1536, 4096)]
    public void The_gated_feed_forward_has_the_published_width(int width, int hidden) =>
        Assert.Equal(hidden, (Parse("") with { Width = width, FeedForward = DinoFeedForward.SwiGlu }).HiddenWidth);

    [Theory]
    [InlineData(", \"input_size\": 100", "'patch' is 14 and does not divide 'input_size', which is 100")]
    [InlineData(", \"input_size\": 1806", "'input_size' is 129 patches; allowed are 1 to 128")]
    [InlineData(", \"registers\": -1", "'registers' is -1; it must be a whole number from 0 to 256")]
    [InlineData(", \"ffn\": \"relu\"", "'ffn' is \"relu\"; it must be \"mlp\" or \"swiglufused\"")]
    [InlineData(", \"interpolate_offset\": 1", "'interpolate_offset' is 1; allowed are numbers from 0 to below 1")]
    [InlineData(", \"norm_epsilon\": 0", "'norm_epsilon' is 0; allowed are numbers between 0 and 1")]
    [InlineData(", \"memory_taps\": {\"blocks\": [4]}", "'memory_taps.blocks' is 4; it must be a whole number from 0 to 3")]
    [InlineData(", \"memory_taps\": {\"blocks\": []}", "'memory_taps.blocks' must list at least one block, ascending, none twice")]
    [InlineData(
        ", \"memory_taps\": {\"blocks\": [1], \"weights\": [0]}",
        "'memory_taps.weights' must list a number above 0 and up to 1 for each block")]
    [InlineData(", \"rope\": true", "the field 'rope' is not known; only those of DINOv2 are")]
    public void Refuses_what_cannot_be_in_one_line(string more, string reason)
    {
        PromptADException error = Assert.Throws<PromptADException>(() => Parse(more));
        Assert.Equal($"Cannot use the backbone configuration: {reason}. Give a configuration of DINOv2.", error.Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"kind\": \"dinov2\"")]
    [InlineData("{\"kind\": \"dinov2\"}")]
    [InlineData("{\"kind\": \"dinov3\", \"width\": 64}")]
    public void Refuses_what_is_none(string json)
    {
        PromptADException error = Assert.Throws<PromptADException>(() => DinoConfiguration.Parse(json));
        Assert.EndsWith("Give a configuration of DINOv2.", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static DinoConfiguration Parse(string more) => DinoConfiguration.Parse($$"""{ {{Sizes}} {{more}} }""");
}
