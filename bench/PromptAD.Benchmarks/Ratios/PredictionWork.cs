using System.Runtime.InteropServices;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Memory;
using PromptAD.Words;
using SkiaSharp;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>A detector of four shots that took no training, and a JPEG of 1024 x 1024 pixels for it.</summary>
internal sealed class PredictionWork : IDisposable
{
    private const int Shots = 4, Side = 1024, Quality = 92, Seed = 1;
    private readonly Backbone backbone;
    private readonly AnomalyDetector detector;
    private readonly byte[] picture = Jpeg();

    public PredictionWork(Backbone backbone)
    {
        this.backbone = backbone;
        detector = new AnomalyDetector(Model(backbone), backbone, ownsBackbone: false);
    }

    /// <summary>The best time of all but the encoder, of the best time of the whole prediction, in percent.</summary>
    public double BesideEncoder(int rounds)
    {
        TimeSpan whole = TimeSpan.MaxValue, beside = TimeSpan.MaxValue;
        for (int i = 0; i < rounds; i++)
        {
            PredictionTimings timings = detector.Predict(picture).Timings;
            whole = TimeSpan.FromTicks(Math.Min(whole.Ticks, timings.Total.Ticks));
            beside = TimeSpan.FromTicks(Math.Min(beside.Ticks, (timings.Total - timings.Encode).Ticks));
        }
        return 100 * (beside / whole);
    }

    /// <summary>What the steady state leaves to the garbage collector beside the map, which is the caller's.</summary>
    public double AllocatedKilobytes()
    {
        const int Times = 5;
        for (int i = 0; i < Times; i++) detector.Predict(picture);
        long before = GC.GetTotalAllocatedBytes(precise: true), maps = 0;
        for (int i = 0; i < Times; i++) maps += detector.Predict(picture).Map.Values.Length * sizeof(float);
        return (GC.GetTotalAllocatedBytes(precise: true) - before - maps) / 1000.0 / Times;
    }

    /// <summary>Encoding the same pictures one after the other, over the stream's time, in percent.</summary>
    public double StreamPace(int pictures)
    {
        int side = backbone.Configuration.Vision.ImageSize;
        byte[] pixels = Noise(3 * side * side);
        (double encode, double stream) = Clock.Best(
            2,
            () =>
            {
                for (int i = 0; i < pictures; i++) backbone.Clip.Encode(pixels, 1).Dispose();
            },
            () => Stream(pictures).GetAwaiter().GetResult());
        return 100 * encode / stream;
    }

    public void Dispose() => detector.Dispose();

    public static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(Seed).NextBytes(noise);
        return noise;
    }

    private async Task Stream(int pictures)
    {
        IAsyncEnumerable<PictureInput> inputs =
            Enumerable.Range(0, pictures).Select(_ => PictureInput.FromEncoded(picture)).ToAsyncEnumerable();
        await foreach (StreamedPrediction result in detector.PredictAsync(inputs).ConfigureAwait(false))
        {
            if (result.Error is not null) throw result.Error;
        }
    }

    /// <summary>Waves and some noise, as a picture has structure and a sensor's grain.</summary>
    public static byte[] Jpeg()
    {
        using var bitmap = new SKBitmap(Side, Side, SKColorType.Bgra8888, SKAlphaType.Opaque);
        byte[] pixels = new byte[Side * Side * 4];
        var random = new Random(Seed);
        for (int i = 0; i < pixels.Length; i += 4)
        {
            int y = i / 4 / Side, x = i / 4 % Side;
            byte value = (byte)(128 + (60 * Math.Sin(x * 0.03)) + (40 * Math.Cos(y * 0.05)) + random.Next(8));
            (pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]) = (value, (byte)((value / 2) + 40), (byte)(255 - value), 255);
        }
        Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using SKData encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return encoded.ToArray();
    }

    /// <summary>A detector that took no training, with memory and words by rule.</summary>
    public static Detector Model(Backbone backbone)
    {
        ClipConfiguration configuration = backbone.Configuration;
        int width = configuration.Vision.Width, references = Shots * configuration.Vision.Patches;
        IEnumerable<float[]> layers = configuration.Vision.MemoryTaps.Blocks.Select(block => Rows(references, width, seed: block));
        Prototypes Pair(int seed) =>
            new(Rows(1, configuration.EmbeddingSize, seed), Rows(1, configuration.EmbeddingSize, seed + 1));
        var metadata = new DetectorMetadata
        {
            Format = DetectorMetadata.CurrentFormat,
            BackboneId = backbone.Id,
            BackboneHash = backbone.Hash,
            GeneratedBackbone = true,
            ObjectName = "part",
            States = [],
            Shots = Shots,
            Seed = Seed,
            Temperature = 4.6052f,
            GoodPeak = 0.1f,
            Preprocessing = new PreprocessingOptions(),
            Scoring = new ScoringOptions(),
            Created = DateTimeOffset.UnixEpoch,
            Program = "benchmark",
        };
        return new Detector(metadata, new WordPrototypes(Pair(100), Pair(200)), [new MemoryBank([.. layers], width)]);
    }

    public static float[] Rows(int count, int width, int seed)
    {
        var random = new Random(seed);
        float[] rows = [.. Enumerable.Range(0, count * width).Select(_ => random.NextSingle() - 0.5f)];
        return Channels.Normalize(rows, width);
    }
}
