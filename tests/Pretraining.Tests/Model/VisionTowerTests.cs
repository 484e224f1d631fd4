using PromptAD.Encoders.Clip;
using PromptAD.Pretraining.Model;

using static TorchSharp.torch;

namespace PromptAD.Pretraining.Tests.Model;

public sealed class VisionTowerTests
{
    private const string Stem = ", \"stem\": {\"channels\": [6, 8, 12, 20]}";

    [Theory]
    [InlineData("", false)]
    [InlineData(Stem, false)]
    [InlineData(Stem, true)]
    [InlineData(Stem + ", \"memory_taps\": {\"blocks\": [0, 2], \"point\": \"attention\"}", false)]
    [InlineData(", \"memory_taps\": {\"blocks\": [1, 2], \"point\": \"block\"}", false)]
    [InlineData(Stem + ", \"memory_taps\": {\"blocks\": [-1, 0], \"point\": \"attention\"}", false)]
    [InlineData(SmallBackbone.Trunk, false)]
    [InlineData(", \"trunk\": {\"channels\": [6, 10, 12], \"blocks\": 1, \"stages\": [1, 3]}, \"memory_taps\": {\"blocks\": [-1, 2], \"point\": \"block\"}", false)]
    public void Gives_the_features_of_the_imported_graph(string vision, bool quickGelu)
    {
        ClipConfiguration configuration = SmallBackbone.Configuration(vision, quickGelu);
        using var folder = new TemporaryFolder();
        var store = new BackboneStore(folder["store"]);
        store.Generate(configuration, "small", cancellation: TestContext.Current.CancellationToken);
        using Backbone backbone = store.Open("small");
        using ModelWeights weights = SmallBackbone.ByRule(configuration);
        using var scope = NewDisposeScope();
        Tensor images = randn([2, 3, 48, 48], generator: new Generator(5));

        using ClipFeatures expected = backbone.Clip.Encode(images.data<float>().ToArray(), 2);
        var tower = new VisionTower(weights);
        VisionOutputs actual = tower.Encode(tower.Read(images));

        AssertClose(expected.Cls, actual.Cls);
        AssertClose(expected.Tokens, actual.Tokens);
        Assert.Equal(configuration.Vision.MemoryWidths.Count, actual.Memory.Count);
        for (int tap = 0; tap < actual.Memory.Count; tap++) AssertClose(expected.Memory(tap), actual.Memory[tap]);
    }

    [Fact]
    public void Takes_pictures_of_other_sizes_with_a_stretched_position_table()
    {
        ClipConfiguration configuration = SmallBackbone.Configuration(Stem);
        using ModelWeights weights = SmallBackbone.ByRule(configuration);
        using var scope = NewDisposeScope();
        var tower = new VisionTower(weights);

        Assert.Equal([1, 25, 24], tower.Encode(zeros(1, 3, 80, 80)).Tokens.shape);
        Assert.Equal(26 * 32, tower.PositionTable(5).Length);
        Assert.Equal(weights.ToArray("visual.positional_embedding"), tower.PositionTable(3));
    }

    [Fact]
    public void Reduced_precision_stays_near()
    {
        using ModelWeights weights = SmallBackbone.ByRule(SmallBackbone.Configuration(Stem));
        using var scope = NewDisposeScope();
        Tensor images = randn([2, 3, 48, 48], generator: new Generator(5));

        Tensor exact = new VisionTower(weights).Encode(images).Tokens, reduced = new VisionTower(weights, ScalarType.BFloat16).Encode(images).Tokens;

        Assert.Equal(ScalarType.Float32, reduced.dtype);
        if (WrongOperation() is { } wrong) Assert.Skip($"libtorch's {wrong} in bfloat16 is wrong on this processor.");
        Assert.InRange(((exact - reduced).norm() / exact.norm()).item<float>(), 1e-6, 0.02);
    }

    [Fact]
    public void Reduced_precision_stays_near_behind_a_trunk()
    {
        using ModelWeights weights = SmallBackbone.ByRule(SmallBackbone.Configuration(SmallBackbone.Trunk));
        using var scope = NewDisposeScope();
        Tensor read = new VisionTower(weights).Read(randn([2, 3, 48, 48], generator: new Generator(5)));

        Tensor exact = new VisionTower(weights).Encode(read).Tokens, reduced = new VisionTower(weights, ScalarType.BFloat16).Encode(read).Tokens;

        Assert.InRange(((exact - reduced).norm() / exact.norm()).item<float>(), 1e-6, 0.02);
    }

    /// <summary>
    /// An operation of libtorch that gives something else in bfloat16 than in float32 by far; null if there is none. On some processors with
    /// AVX512_BF16 there is.
    /// </summary>
    private static string? WrongOperation()
    {
        Tensor picture = randn([2, 3, 48, 48], generator: new Generator(1)), kernel = randn([8, 3, 3, 3], generator: new Generator(2));
        Tensor rows = randn([2, 10, 32], generator: new Generator(3)), matrix = randn([32, 96], generator: new Generator(4));
        Tensor deep = randn([2, 8, 24, 24], generator: new Generator(5)), square = randn([24, 8, 1, 1], generator: new Generator(6));
        (string Name, Func<ScalarType, Tensor> Run)[] operations =
        [
            ("convolution", type => nn.functional.conv2d(picture.to(type), kernel.to(type), strides: [2, 2], padding: [1, 1])),
            ("convolution", type => nn.functional.conv2d(deep.to(type), square.to(type))),
            ("matrix product", type => rows.to(type).matmul(matrix.to(type))),
            ("linear layer", type => nn.functional.linear(rows.to(type), matrix.t().contiguous().to(type))),
        ];
        foreach ((string name, Func<ScalarType, Tensor> run) in operations)
        {
            Tensor exact = run(ScalarType.Float32), reduced = run(ScalarType.BFloat16).to(ScalarType.Float32);
            if (((exact - reduced).norm() / exact.norm()).item<float>() is not < 0.02f) return name;
        }
        return null;
    }

    private static void AssertClose(ReadOnlySpan<float> expected, Tensor actual)
    {
        float[] values = [.. actual.contiguous().data<float>()];
        Assert.Equal(expected.Length, values.Length);
        float largest = 0, difference = 0;
        for (int i = 0; i < values.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs(expected[i] - values[i]));
        }
        Assert.InRange(difference, 0, 1e-4f * largest);
    }
}
