using System.Text.Json;
using PromptAD.Encoders.Clip;

namespace PromptAD.Tests.Detectors;

/// <summary>Detector files that earlier releases wrote; see the README beside them.</summary>
public sealed class EarlierFormatsTests : TemporaryFolder
{
    private const string Configuration = """
        {"embed_dim": 16, "vision_cfg": {"image_size": 32, "patch_size": 8, "width": 24, "head_width": 8, "layers": 4},
         "text_cfg": {"context_length": 77, "vocab_size": 600, "width": 16, "heads": 2, "layers": 1}}
        """;

    private const int Width = 80, Height = 60, Seed = 50;
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData("format-1", 1)]
    [InlineData("format-1-published", 1)]
    [InlineData("format-1-whitened", 1)]
    [InlineData("format-2-mask", 2)]
    [InlineData("format-3-tiles", 3)]
    [InlineData("format-4-bits", 4)]
    public void Load_and_judge_as_before(string name, int format)
    {
        var store = new BackboneStore(InFolder("store"));
        store.Generate(ClipConfiguration.Parse(Configuration), "tiny");
        string file = Path.Combine(AppContext.BaseDirectory, "Fixtures", "detectors", $"{name}.promptad");
        float[] expected = JsonSerializer.Deserialize<Dictionary<string, float[]>>(
            File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "expected.json")))![name];

        using AnomalyDetector detector = AnomalyDetector.Load(file, store, threads: 1);
        Prediction found = detector.Predict(format == 4 ? Deep(Seed) : Noise(Seed));

        Limits limits = detector.Limits!;
        float[] actual =
        [
            found.Score, found.TextScore!.Value, found.VisualScore!.Value, found.Map.Max, (float)found.Verdict,
            limits.Review.Score, limits.NG.Score, limits.Pixel.Score,
        ];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Theory]
    [InlineData("format-1")]
    [InlineData("format-2-mask")]
    [InlineData("format-3-tiles")]
    [InlineData("format-4-bits")]
    public void Are_written_again_byte_by_byte(string name)
    {
        var store = new BackboneStore(InFolder("store"));
        store.Generate(ClipConfiguration.Parse(Configuration), "tiny");
        string file = Path.Combine(AppContext.BaseDirectory, "Fixtures", "detectors", $"{name}.promptad");

        using AnomalyDetector detector = AnomalyDetector.Load(file, store, threads: 1);
        using var written = new MemoryStream();
        detector.Save(written);

        Assert.Equal(File.ReadAllBytes(file), written.ToArray());
    }

    private static CameraFrame Noise(int seed)
    {
        var pixels = new byte[Width * Height * 3];
        new Random(seed).NextBytes(pixels);
        return new CameraFrame(pixels, Width, Height, PixelFormat.Rgb24);
    }

    private static CameraFrame Deep(int seed)
    {
        var bytes = new byte[Width * Height * 2];
        var random = new Random(seed);
        for (int i = 0; i < bytes.Length; i += 2)
        {
            int value = random.Next(4096);
            (bytes[i], bytes[i + 1]) = ((byte)value, (byte)(value >> 8));
        }
        return new CameraFrame(bytes, Width, Height, PixelFormat.Gray16, significantBits: 12);
    }
}
