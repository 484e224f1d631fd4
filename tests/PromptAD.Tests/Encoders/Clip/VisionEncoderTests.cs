using PromptAD.Checkpoints;
using PromptAD.Encoders.Clip;

namespace PromptAD.Tests.Encoders.Clip;

public sealed class VisionEncoderTests : TemporaryFolder
{
    private const double Tolerance = 1e-5; // of the largest magnitude; the method allows 1e-4
    private static readonly VisionConfiguration Vision = TinyModels.Configuration.Vision;

    [Theory]
    [InlineData(false, MemoryTapPoint.Attention)]
    [InlineData(false, MemoryTapPoint.Block)]
    [InlineData(true, MemoryTapPoint.Attention)]
    [InlineData(true, MemoryTapPoint.Block)]
    public void Agrees_with_the_slow_encoder(bool quickGelu, MemoryTapPoint point) =>
        Compare(With(Vision with { MemoryTaps = new MemoryTaps([1, 2], point) }) with { QuickGelu = quickGelu }, images: 1);

    [Theory]
    [InlineData(MemoryTapPoint.Attention)]
    [InlineData(MemoryTapPoint.Block)]
    public void Agrees_for_a_batch_of_three(MemoryTapPoint point) =>
        Compare(With(Vision with { MemoryTaps = new MemoryTaps([0, 1], point) }), images: 3);

    [Theory]
    [InlineData(MemoryTapPoint.Attention)]
    [InlineData(MemoryTapPoint.Block)]
    public void Agrees_with_a_tap_in_the_last_block(MemoryTapPoint point) =>
        Compare(With(Vision with { MemoryTaps = new MemoryTaps([0, 3], point) }), images: 2);

    [Theory]
    [InlineData(MemoryTapPoint.Attention)]
    [InlineData(MemoryTapPoint.Block)]
    public void Agrees_for_a_model_of_one_block(MemoryTapPoint point) =>
        Compare(With(Vision with { Layers = 1, MemoryTaps = new MemoryTaps([0], point) }), images: 2);

    [Fact]
    public void Agrees_for_the_patch_embedding() =>
        Compare(With(Vision with { MemoryTaps = new MemoryTaps([MemoryTaps.Embedding, 1], MemoryTapPoint.Attention) }), images: 2);

    [Theory]
    [InlineData("1", "1")]
    [InlineData("2", "")]
    [InlineData("1,2", "-1,3")]
    public void Agrees_for_a_residual_trunk(string stages, string blocks)
    {
        static int[] Numbers(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        var taps = new MemoryTaps(Numbers(blocks), MemoryTapPoint.Attention);

        Compare(With(Vision with { ImageSize = 24, Trunk = new ResidualTrunk([6, 10], 2, Numbers(stages)), MemoryTaps = taps }), images: 2);
    }

    [Fact]
    public void Agrees_for_three_taps_and_an_mlp_of_another_width() =>
        Compare(With(Vision with { MlpRatio = 2.5, MemoryTaps = new MemoryTaps([0, 1, 3], MemoryTapPoint.Attention) }), images: 1);

    [Fact]
    public void Agrees_for_one_patch_and_one_head() => Compare(With(Vision with { ImageSize = 8, HeadWidth = 24 }), images: 2);

    [Fact]
    public void An_image_has_the_same_features_alone_and_in_a_batch()
    {
        using Backbone backbone = Open(TinyModels.Configuration);
        float[] images = Images(Vision, 3);
        int length = images.Length / 3, channels = TinyModels.Configuration.EmbeddingSize;
        using ClipFeatures batch = backbone.Clip.Encode(images, 3), alone = backbone.Clip.Encode(images.AsSpan(length, length), 1);
        for (int i = 0; i < channels; i++) Assert.Equal(batch.Cls[channels + i], alone.Cls[i], 1e-5f);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public void Encodes_windows_as_the_slow_encoder_does(int layers)
    {
        ClipConfiguration configuration = With(Vision with { Layers = layers, MemoryTaps = new MemoryTaps([0], MemoryTapPoint.Attention) });
        float[] image = Images(configuration.Vision, 1);
        int[][] windows = [[0, 1, 4, 5], [5, 6, 9, 10], [10, 11, 14, 15]];
        using var checkpoint = new DeterministicCheckpoint(configuration);
        var slow = new SlowVisionEncoder(configuration, checkpoint);
        using Backbone backbone = Open(configuration);

        Compare(windows.SelectMany(window => slow.Encode(image, window).Cls), backbone.Windows.Encode(image, windows));
        Compare(slow.Encode(image).Penultimate.SelectMany(token => token), backbone.Windows.EncodePenultimate(image));
    }

    [Fact]
    public void A_window_over_the_whole_picture_is_the_picture()
    {
        using Backbone backbone = Open(TinyModels.Configuration);
        float[] image = Images(Vision, 1);
        using ClipFeatures whole = backbone.Clip.Encode(image, 1);

        Compare(whole.Cls.ToArray().Select(value => (double)value), backbone.Windows.Encode(image, [[.. Enumerable.Range(0, Vision.Patches)]]));
    }

    [Fact]
    public void Encodes_more_windows_than_one_run_takes()
    {
        using Backbone backbone = Open(TinyModels.Configuration);
        float[] image = Images(Vision, 1);
        int[][] windows = [.. Enumerable.Range(0, 3000).Select(i => (int[])[i % Vision.Patches])];

        float[] rows = backbone.Windows.Encode(image, windows);

        int channels = TinyModels.Configuration.EmbeddingSize;
        Assert.Equal(windows.Length * channels, rows.Length);
        Assert.Equal(rows[..channels], rows.AsSpan(Vision.Patches * 100 * channels, channels).ToArray(), new Close());
    }

    [Fact]
    public void Pixel_values_go_in_as_they_are()
    {
        ClipConfiguration configuration = TinyModels.Configuration;
        (byte[] pixels, float[] image) = Pixels(configuration.Vision);
        using var checkpoint = new DeterministicCheckpoint(configuration);
        SlowFeatures expected = new SlowVisionEncoder(configuration, checkpoint).Encode(image);

        using Backbone backbone = Open(configuration);
        using ClipFeatures actual = backbone.Clip.Encode(pixels, 1);
        Compare(expected.Cls, actual.Cls);
        Compare(expected.Tokens.SelectMany(token => token), actual.Tokens);
        Compare(expected.Memory[0].SelectMany(token => token), actual.Memory(0));
    }

    [Fact]
    public void Pixel_values_go_into_a_stem_whose_padding_is_the_mean()
    {
        ClipConfiguration configuration = With(Vision with { Stem = new ConvolutionalStem([6, 8, 10]) });
        (byte[] pixels, float[] image) = Pixels(configuration.Vision);
        using Backbone backbone = Open(configuration);
        // The window encoder reads normalised images and has nothing folded in.
        float[] expected = backbone.Windows.Encode(image, [[.. Enumerable.Range(0, Vision.Patches)]]);

        using ClipFeatures actual = backbone.Clip.Encode(pixels, 1), normalised = backbone.Clip.Encode(image, 1);
        Compare(expected.Select(value => (double)value), actual.Cls);
        Compare(expected.Select(value => (double)value), normalised.Cls);
    }

    [Theory]
    [InlineData(BackbonePrecision.Int8, 0.05)]
    [InlineData(BackbonePrecision.Float16, 0.005)]
    public void Fewer_bits_stay_near_float32(BackbonePrecision precision, double allowed)
    {
        ClipConfiguration configuration = TinyModels.Configuration;
        float[] image = Images(configuration.Vision, 1);
        var store = new BackboneStore(Folder);
        string folder = store.Generate(configuration, "fewer", new BackboneImportOptions { Precision = precision }).Folder;
        using Backbone exact = Open(configuration);
        using var encoder = new ClipEncoder(folder, exact.Encoder, configuration, precision, new EncoderOptions { Threads = 1 });

        using ClipFeatures expected = exact.Clip.Encode(image, 1), actual = encoder.Encode(image, 1);
        Assert.InRange(RelativeError(expected.Cls, actual.Cls), 1e-6, allowed);
        Assert.InRange(RelativeError(expected.Tokens, actual.Tokens), 1e-6, allowed);
        Assert.InRange(RelativeError(expected.Memory(1), actual.Memory(1)), 1e-6, allowed);
    }

    [Fact]
    public void Pictures_that_are_encoded_at_once_are_encoded_as_alone()
    {
        ClipConfiguration configuration = TinyModels.Configuration;
        float[] image = Images(configuration.Vision, 1);
        var store = new BackboneStore(Folder);
        store.Generate(configuration, "tiny");
        using Backbone alone = store.Open("tiny"), shared = store.Open("tiny", new EncoderOptions { Threads = 2, SimultaneousPictures = 2 });
        using ClipFeatures expected = alone.Clip.Encode(image, 1), first = shared.Clip.Encode(image, 1);
        float[] tokens = expected.Tokens.ToArray();

        // What a run has made keeps it open, so that these begin beside it.
        Parallel.For(0, 40, _ =>
        {
            using ClipFeatures beside = shared.Clip.Encode(image, 1);
            Assert.Equal(tokens, beside.Tokens.ToArray());
        });
        Assert.Equal(tokens, first.Tokens.ToArray());
    }

    [Theory]
    [InlineData(1, 0, null)]
    [InlineData(2, 8, 4)]
    [InlineData(4, 2, 1)]
    public void A_picture_beside_others_has_its_part_of_the_threads(int pictures, int threads, int? expected) =>
        Assert.Equal(expected, new EncoderOptions { Threads = threads, SimultaneousPictures = pictures }.Beside()?.Threads);

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void An_impossible_number_of_pictures_at_once_is_refused(int pictures) => Assert.Equal(
        $"simultaneous pictures is {pictures}; it must lie between 1 and 64.",
        Assert.Throws<PromptADException>(() =>
            new BackboneStore(Folder).Open(new EncoderOptions { SimultaneousPictures = pictures })).Message);

    [Fact]
    public void A_provider_that_is_not_there_is_named_with_what_it_needs()
    {
        var store = new BackboneStore(Folder);
        store.Generate(TinyModels.Configuration, "tiny");
        using Backbone backbone = store.Open("tiny", new EncoderOptions { Provider = ExecutionProvider.Cuda });

        Assert.Equal(
            "Provider 'cuda' is not in the ONNX Runtime that is installed here. Build with the native package Microsoft.ML.OnnxRuntime.Gpu in "
            + "place of Microsoft.ML.OnnxRuntime (CUDA 13 and cuDNN 9), or choose provider cpu.",
            Assert.Throws<PromptADException>(() => backbone.Clip).Message);
    }

    [Fact]
    public void Float16_is_refused_on_a_processor()
    {
        var store = new BackboneStore(Folder);
        var options = new BackboneImportOptions { Precision = BackbonePrecision.Float16 };
        string folder = store.Generate(TinyModels.Configuration, "half", options).Folder;

        Assert.Equal(
            $"Backbone '{folder}' is float16, which does not pay on a processor. Choose another provider, or import it as float32 or int8.",
            Assert.Throws<PromptADException>(() => store.Open("half")).Message);
    }

    [Fact]
    public void Int8_is_refused_on_cuda()
    {
        var store = new BackboneStore(Folder);
        string folder = store.Generate(TinyModels.Configuration, "eight", new BackboneImportOptions { Precision = BackbonePrecision.Int8 }).Folder;

        Assert.Equal(
            $"Backbone '{folder}' is int8, which is slower on CUDA than float32. Choose another provider, or import it as float32 or float16.",
            Assert.Throws<PromptADException>(() => store.Open("eight", new EncoderOptions { Provider = ExecutionProvider.Cuda })).Message);
    }

    private sealed class Close : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= 1e-5f;

        public int GetHashCode(float value) => 0;
    }

    private void Compare(ClipConfiguration configuration, int images)
    {
        float[] pixels = Images(configuration.Vision, images);
        using var checkpoint = new DeterministicCheckpoint(configuration);
        var slow = new SlowVisionEncoder(configuration, checkpoint);
        SlowFeatures[] expected = [.. pixels.Chunk(pixels.Length / images).Select(image => slow.Encode(image))];

        using Backbone backbone = Open(configuration);
        using ClipFeatures actual = backbone.Clip.Encode(pixels, images);
        Compare(expected.SelectMany(image => image.Cls), actual.Cls);
        Compare(expected.SelectMany(image => image.Tokens).SelectMany(token => token), actual.Tokens);
        for (int layer = 0; layer < configuration.Vision.MemoryWidths.Count; layer++)
            Compare(expected.SelectMany(image => image.Memory[layer]).SelectMany(token => token), actual.Memory(layer));
    }

    private static void Compare(IEnumerable<double> expected, ReadOnlySpan<float> actual)
    {
        double[] values = [.. expected];
        Assert.Equal(values.Length, actual.Length);
        double largest = 0;
        for (int i = 0; i < values.Length; i++) largest = Math.Max(largest, Math.Abs(values[i] - actual[i]));
        Assert.InRange(largest, 0, Tolerance * values.Max(Math.Abs));
    }

    private Backbone Open(ClipConfiguration configuration)
    {
        var store = new BackboneStore(Folder);
        store.Generate(configuration, "tiny");
        return store.Open("tiny", threads: 1);
    }

    private static ClipConfiguration With(VisionConfiguration vision) => TinyModels.Configuration with { Vision = vision };

    private static double RelativeError(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double error = 0, square = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            error += Math.Pow(expected[i] - actual[i], 2);
            square += Math.Pow(expected[i], 2);
        }
        return Math.Sqrt(error / square);
    }

    /// <summary>A noise picture as pixel values and normalised, (3, size, size).</summary>
    private static (byte[] Pixels, float[] Normalised) Pixels(VisionConfiguration vision)
    {
        int plane = vision.ImageSize * vision.ImageSize;
        var pixels = new byte[3 * plane];
        new Random(5).NextBytes(pixels);
        float[] mean = [0.48145466f, 0.4578275f, 0.40821073f], deviation = [0.26862954f, 0.26130258f, 0.27577711f];
        return (pixels, [.. pixels.Select((value, i) => ((value / 255f) - mean[i / plane]) / deviation[i / plane])]);
    }

    /// <summary>Normalised images, (count, 3, size, size).</summary>
    private static float[] Images(VisionConfiguration vision, int count)
    {
        var images = new float[count * 3 * vision.ImageSize * vision.ImageSize];
        DeterministicValues.Fill("image.test", images, scale: 1.8f, shift: 0);
        return images;
    }
}
