using PromptAD.Encoders.Clip;
using PromptAD.Files;

namespace PromptAD.Tests.Encoders.Clip;

public sealed class ConvolutionalStemTests
{
    [Fact]
    public void Is_null_where_it_is_not_given() => Assert.Null(Parse("").Vision.Stem);

    [Fact]
    public void Survives_the_canonical_text()
    {
        ClipConfiguration configuration = Parse(", \"stem\": {\"channels\": [8, 12, 16, 24]}");

        Assert.Equal([8, 12, 16, 24], configuration.Vision.Stem!.Channels);
        Assert.Equal(configuration, ClipConfiguration.Parse(configuration.ToJson()));
        Assert.Contains("\"stem\":{\"channels\":[8,12,16,24]}", configuration.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Adds_its_convolutions_to_the_tensors_and_leaves_conv1_one_pixel()
    {
        IEnumerable<string> tensors = Parse(", \"stem\": {\"channels\": [8, 12, 16, 24]}").ExpectedTensors()
            .Select(tensor => $"{tensor.Name} {TensorEntry.ShapeToText(tensor.Shape)}");

        Assert.Equal(
            [
                "visual.stem.0.weight 8 x 3 x 3 x 3", "visual.stem.0.bias 8", "visual.stem.1.weight 12 x 8 x 3 x 3", "visual.stem.1.bias 12",
                "visual.stem.2.weight 16 x 12 x 3 x 3", "visual.stem.2.bias 16", "visual.stem.3.weight 24 x 16 x 3 x 3", "visual.stem.3.bias 24",
                "visual.conv1.weight 64 x 24 x 1 x 1",
            ],
            tensors.Take(9));
    }

    [Theory]
    [InlineData("[]", "must list 1 to 12 numbers")]
    [InlineData("[8, 0, 16, 24]", "must list 1 to 12 numbers")]
    [InlineData("[8, 12, 16]", "lists 3 convolutions, which make patches of 8 pixels, but 'vision_cfg.patch_size' is 16")]
    [InlineData("8", "must be a list")]
    [InlineData("[1,1,1,1,1,1,1,1,1,1,1,1,1]", "must list 1 to 12 numbers")]
    public void Is_refused_where_it_cannot_make_the_patches(string channels, string message)
    {
        var error = Assert.Throws<PromptADException>(() => Parse($", \"stem\": {{\"channels\": {channels}}}"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_with_a_field_nobody_knows() => Assert.Contains(
        "vision_cfg.stem.norm",
        Assert.Throws<PromptADException>(() => Parse(", \"stem\": {\"channels\": [8, 8, 8, 8], \"norm\": true}")).Message,
        StringComparison.Ordinal);

    private static ClipConfiguration Parse(string stem) => ClipConfiguration.Parse($$"""
        {"embed_dim": 16, "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 16{{stem}} },
         "text_cfg": {"vocab_size": 600, "width": 32, "heads": 2, "layers": 2} }
        """);
}
