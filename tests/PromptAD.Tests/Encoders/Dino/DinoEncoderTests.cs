using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Encoders.Dino;
using PromptAD.Onnx;

namespace PromptAD.Tests.Encoders.Dino;

public sealed class DinoEncoderTests : TemporaryFolder
{
    private const double Tolerance = 1e-5; // of the largest magnitude; references allow 1e-4
    private static readonly DinoConfiguration Tiny = TinyDino.Configuration;

    [Theory]
    [InlineData(0, 24, 0.1, false)] // more patches than places, an even number of them
    [InlineData(0, 20, 0.1, false)] // as many
    [InlineData(0, 12, 0.1, false)] // fewer, an odd number
    [InlineData(2, 24, 0, true)]
    [InlineData(2, 28, 0, false)]
    [InlineData(4, 12, 0, true)] // the kernel is widened
    [InlineData(1, 8, 0.3, true)]
    [InlineData(3, 4, 0, true)] // one patch
    public void Agrees_with_the_slow_encoder_behind_every_block(int registers, int inputSize, double offset, bool antialias)
    {
        var interpolation = new PositionInterpolation(offset, antialias);
        Compare(Tiny with { Registers = registers, InputWidth = inputSize, InputHeight = inputSize, Interpolation = interpolation });
    }

    [Theory]
    [InlineData(12, 20, 0.1, false)] // as many rows as the table has
    [InlineData(28, 8, 0, true)]
    [InlineData(4, 24, 0.1, true)]
    public void Agrees_for_inputs_that_are_no_square(int width, int height, double offset, bool antialias) => Compare(Tiny with
    {
        InputWidth = width,
        InputHeight = height,
        Registers = 1,
        Interpolation = new PositionInterpolation(offset, antialias),
    });

    [Theory]
    [InlineData(24, 12)]
    [InlineData(12, 24)]
    public void A_square_is_resized_for_another_shape_and_its_patches_brought_back(int width, int height)
    {
        DinoConfiguration configuration = Tiny with { InputWidth = width, InputHeight = height };
        // Stripes along the side that is resized, so that nothing but their number changes.
        bool isWide = width > height;
        byte Level(int colour, int along) => (byte)(40 + (60 * colour) + (7 * along % 50));
        byte[] Planes(int columns, int rows) =>
        [
            .. from colour in Enumerable.Range(0, 3) from y in Enumerable.Range(0, rows) from x in Enumerable.Range(0, columns)
               select Level(colour, isWide ? x : y),
        ];
        using DinoEncoder encoder = TinyDino.Open(configuration, Folder);
        Assert.Equal((24, 6), (encoder.Info.InputSize, encoder.Info.Grid.Side));
        float[] found = encoder.Encode(Planes(24, 24)).Memory[0];

        float[] patches;
        using (var streams = new DinoStreams(Folder, configuration, configuration.Taps.Blocks))
            patches = streams.Encode(Normalised(Planes(width, height)))[0].Normed.Patches;
        int channels = configuration.Width;
        var expected = new double[6 * 6][];
        for (int place = 0; place < expected.Length; place++)
        {
            (int many, int few) = isWide ? (place % 6, place / 6) : (place / 6, place % 6);
            double at = Math.Clamp(((few + 0.5) / 2) - 0.5, 0, 2);
            int before = Math.Min((int)at, 1);
            ReadOnlySpan<float> Patch(int n) => patches.AsSpan((isWide ? (n * 6) + many : (many * 3) + n) * channels, channels);
            expected[place] = new double[channels];
            for (int i = 0; i < channels; i++)
                expected[place][i] = Patch(before)[i] + ((at - before) * (Patch(before + 1)[i] - Patch(before)[i]));
        }
        AssertNear(expected, found);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Agrees_for_other_feed_forwards_and_without_layer_scale(bool isGated, bool hasLayerScale) => Compare(Tiny with
    {
        FeedForward = isGated ? DinoFeedForward.SwiGlu : DinoFeedForward.Mlp,
        HasLayerScale = hasLayerScale,
        Registers = 2,
    });

    [Fact]
    public void Agrees_for_one_block_one_head_another_patch_and_another_epsilon() => Compare(Tiny with
    {
        Layers = 1,
        Heads = 1,
        PatchSize = 2,
        TrainedSize = 6,
        InputWidth = 10,
        InputHeight = 10,
        NormEpsilon = 0.01f,
        Taps = new DinoTaps([0], AreNormed: true),
    });

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 3)]
    public void Gives_the_patches_of_its_taps_for_8_bit_levels(bool areNormed, int registers)
    {
        DinoConfiguration configuration = Tiny with { Registers = registers, Taps = new DinoTaps([0, 2], areNormed, [0.5f, 1]) };
        (byte[] pixels, float[] image) = Pixels(configuration);
        using var checkpoint = new DeterministicCheckpoint(configuration);
        var slow = new SlowDino(configuration, checkpoint);
        IReadOnlyList<double[][]> streams = slow.Encode(image);

        using DinoEncoder encoder = TinyDino.Open(configuration, Folder);
        PictureFeatures features = encoder.Encode(pixels);

        Assert.Empty(features.Cls);
        Assert.Empty(features.Tokens);
        foreach ((int layer, int block) in configuration.Taps.Blocks.Index())
        {
            double[][] patches = streams[block][(1 + registers)..];
            AssertNear(areNormed ? slow.Norm(patches, "norm") : patches, features.Memory[layer]);
        }
    }

    [Fact]
    public void Says_what_it_takes_and_gives()
    {
        using DinoEncoder encoder = TinyDino.Open(Tiny with { Taps = new DinoTaps([0, 2], true, [0.5f, 1]) }, Folder);
        Assert.Equal((24, 4, 0), (encoder.Info.InputSize, encoder.Info.PatchSize, encoder.Info.EmbeddingSize));
        Assert.Equal([new LayerShape(16, new PatchGrid(6), 0.5f), new LayerShape(16, new PatchGrid(6), 1)], encoder.Info.Layers);
        Assert.Equal([124, 116, 104], encoder.Info.FillLevels); // ImageNet's mean
    }

    [Fact]
    public void Blocks_behind_the_last_tap_are_not_computed()
    {
        ModelProto whole = Graph(Tiny), early = Graph(Tiny with { Taps = new DinoTaps([0], true) });
        Assert.Contains(whole.Graph.Initializer, tensor => tensor.Name == "blocks.2.mlp.out.weight");
        Assert.DoesNotContain(early.Graph.Initializer, tensor => tensor.Name.StartsWith("blocks.1.", StringComparison.Ordinal));

        static ModelProto Graph(DinoConfiguration configuration) =>
            configuration.ToGraph(DinoWeights.LayoutOf(configuration, BackbonePrecision.Float32), "vision.safetensors");
    }

    [Theory]
    [InlineData(BackbonePrecision.Int8, 0.06)]
    [InlineData(BackbonePrecision.Float16, 0.006)]
    public void Fewer_bits_stay_near_float32(BackbonePrecision precision, double allowed)
    {
        (byte[] pixels, _) = Pixels(Tiny);
        PictureFeatures Encode(BackbonePrecision stored)
        {
            using DinoEncoder encoder = TinyDino.Open(Tiny, Folder, stored);
            return encoder.Encode(pixels);
        }
        float[] exact = Encode(BackbonePrecision.Float32).Memory[0], rounded = Encode(precision).Memory[0];
        double error = Math.Sqrt(exact.Zip(rounded, (a, b) => Math.Pow(a - b, 2)).Sum() / exact.Sum(value => Math.Pow(value, 2)));
        Assert.InRange(error, 1e-6, allowed);
    }

    [Fact]
    public void Several_threads_get_what_one_gets()
    {
        using DinoEncoder encoder = TinyDino.Open(Tiny, Folder);
        byte[][] pictures = [.. Enumerable.Range(0, 8).Select(seed => Noise(Tiny, seed))];
        float[] Encode(byte[] picture) => encoder.Encode(picture).Memory[0];
        float[][] alone = [.. pictures.Select(Encode)];
        float[][] together = [.. pictures.AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(Encode)];
        Assert.Equal(alone, together);
    }

    [Fact]
    public void A_cancelled_run_and_a_disposed_encoder_give_nothing()
    {
        DinoEncoder encoder = TinyDino.Open(Tiny, Folder);
        byte[] picture = Noise(Tiny, 1);
        Assert.Throws<OperationCanceledException>(() => encoder.Encode(picture, new CancellationToken(canceled: true)));
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoder.Encode(picture));
    }

    [Fact]
    public void Weights_of_another_configuration_are_refused()
    {
        TinyDino.Write(Tiny with { Registers = 1 }, Folder);
        PromptADException error = Assert.Throws<PromptADException>(() =>
            new DinoEncoder(Folder, Tiny.Describe("tiny", "hash"), Tiny, BackbonePrecision.Float32, new EncoderOptions()));
        Assert.Equal(Problem.Damaged, error.Problem);
        Assert.EndsWith("are not those of its configuration. Remove the backbone and import it again.", error.Message);
    }

    private void Compare(DinoConfiguration configuration)
    {
        var image = new float[3 * configuration.InputHeight * configuration.InputWidth];
        DeterministicValues.Fill("image.test", image, scale: 1.8f, shift: 0);
        using var checkpoint = new DeterministicCheckpoint(configuration);
        var slow = new SlowDino(configuration, checkpoint);
        IReadOnlyList<double[][]> expected = slow.Encode(image);

        TinyDino.Write(configuration, Folder);
        using var streams = new DinoStreams(Folder, configuration, Enumerable.Range(0, configuration.Layers));
        foreach ((int block, (DinoTokens plain, DinoTokens normed)) in streams.Encode(image).Index())
        {
            double[][] patches = expected[block][(1 + configuration.Registers)..];
            AssertNear([expected[block][0]], plain.Class);
            AssertNear(patches, plain.Patches);
            AssertNear(slow.Norm([expected[block][0]], "norm"), normed.Class);
            AssertNear(slow.Norm(patches, "norm"), normed.Patches);
        }
    }

    private static void AssertNear(double[][] expected, float[] actual)
    {
        double[] values = [.. expected.SelectMany(row => row)];
        Assert.Equal(values.Length, actual.Length);
        double largest = values.Zip(actual, (value, other) => Math.Abs(value - other)).Max();
        Assert.InRange(largest, 0, Tolerance * values.Max(Math.Abs));
    }

    private static byte[] Noise(DinoConfiguration configuration, int seed)
    {
        var pixels = new byte[3 * configuration.InputHeight * configuration.InputWidth];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    /// <summary>A noise picture as pixel values and normalised, (3, size, size).</summary>
    private static (byte[] Pixels, float[] Normalised) Pixels(DinoConfiguration configuration)
    {
        byte[] pixels = Noise(configuration, 5);
        return (pixels, Normalised(pixels));
    }

    private static float[] Normalised(byte[] pixels)
    {
        int plane = pixels.Length / 3;
        double[] mean = [0.485, 0.456, 0.406], deviation = [0.229, 0.224, 0.225];
        return [.. pixels.Select((value, i) => (float)(((value / 255.0) - mean[i / plane]) / deviation[i / plane]))];
    }
}
