using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Files;

namespace PromptAD.Tests.Encoders.Clip;

public sealed class ResidualTrunkTests
{
    private const string Trunk = "\"trunk\": {\"channels\": [8, 12], \"blocks\": 2, \"stages\": [1, 2]}";

    [Fact]
    public void Is_null_where_it_is_not_given() => Assert.Null(Parse("\"layers\": 2").Vision.Trunk);

    [Fact]
    public void Survives_the_canonical_text()
    {
        ClipConfiguration configuration = Parse(Trunk);

        Assert.Equal(new ResidualTrunk([8, 12], 2, [1, 2]), configuration.Vision.Trunk);
        Assert.Equal(configuration, ClipConfiguration.Parse(configuration.ToJson()));
    }

    [Fact]
    public void Adds_its_convolutions_to_the_tensors_and_conv1_reads_its_stages_side_by_side()
    {
        IEnumerable<string> kernels = Parse(Trunk).ExpectedTensors().Where(tensor => tensor.Shape.Length == 4)
            .Select(tensor => $"{tensor.Name} {TensorEntry.ShapeToText(tensor.Shape)}");

        Assert.Equal(
            [
                "visual.trunk.conv1.weight 8 x 3 x 7 x 7",
                "visual.trunk.1.0.conv1.weight 8 x 8 x 3 x 3", "visual.trunk.1.0.conv2.weight 8 x 8 x 3 x 3",
                "visual.trunk.1.1.conv1.weight 8 x 8 x 3 x 3", "visual.trunk.1.1.conv2.weight 8 x 8 x 3 x 3",
                "visual.trunk.2.0.conv1.weight 12 x 8 x 3 x 3", "visual.trunk.2.0.conv2.weight 12 x 12 x 3 x 3",
                "visual.trunk.2.0.shortcut.weight 12 x 8 x 1 x 1",
                "visual.trunk.2.1.conv1.weight 12 x 12 x 3 x 3", "visual.trunk.2.1.conv2.weight 12 x 12 x 3 x 3",
                "visual.conv1.weight 64 x 20 x 1 x 1",
            ],
            kernels);
    }

    [Fact]
    public void Its_stages_are_the_first_layers_each_with_its_width_and_weight()
    {
        EncoderInfo info = Parse($"{Trunk}, \"memory_taps\": {{\"blocks\": [1], \"weights\": [0.5, 1, 0.25]}}").Describe("tiny", "");

        Assert.Equal([8, 12, 64], info.Widths);
        Assert.Equal([0.5f, 1, 0.25f], info.Weights);
        Assert.Equal(new PatchGrid(4), info.Grid);
    }

    [Fact]
    public void Needs_no_block_in_the_memory() => Assert.Equal([8, 12], Parse($"{Trunk}, \"memory_taps\": {{\"blocks\": []}}").Vision.MemoryWidths);

    [Theory]
    [InlineData("\"trunk\": {\"channels\": [], \"stages\": [1]}", "must list 1 to 8 numbers")]
    [InlineData("\"trunk\": {\"channels\": [8, 0], \"stages\": [1]}", "must list 1 to 8 numbers")]
    [InlineData("\"trunk\": {\"channels\": [8, 12], \"stages\": []}", "at least one stage from 1 to 2")]
    [InlineData("\"trunk\": {\"channels\": [8, 12], \"stages\": [0, 1]}", "at least one stage from 1 to 2")]
    [InlineData("\"trunk\": {\"channels\": [8, 12], \"stages\": [2, 1]}", "at least one stage from 1 to 2")]
    [InlineData("\"trunk\": {\"channels\": [8, 12], \"stages\": [3]}", "vision_cfg.trunk.stages")]
    [InlineData("\"trunk\": {\"channels\": [8], \"stages\": [1]}", "lists 1 stages, which make patches of 4 pixels, but 'vision_cfg.patch_size' is 8")]
    [InlineData("\"trunk\": {\"channels\": [8, 12], \"stages\": [1], \"norm\": true}", "vision_cfg.trunk.norm")]
    [InlineData(Trunk + ", \"stem\": {\"channels\": [8, 8, 8]}", "both given")]
    [InlineData(Trunk + ", \"memory_taps\": {\"blocks\": [1], \"weights\": [1]}", "for each stage of the trunk and each block")]
    [InlineData("\"memory_taps\": {\"blocks\": []}", "must list at least one block")]
    public void Is_refused_where_it_cannot_be(string vision, string message)
    {
        var error = Assert.Throws<PromptADException>(() => Parse(vision));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static ClipConfiguration Parse(string vision) => ClipConfiguration.Parse($$"""
        {"embed_dim": 16, "vision_cfg": {"image_size": 32, "width": 64, "patch_size": 8, {{vision}} },
         "text_cfg": {"vocab_size": 600, "width": 32, "heads": 2, "layers": 2} }
        """);
}
