using System.Text.Json.Nodes;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Files;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Tests.Scoring;
using PromptAD.Words;

namespace PromptAD.Tests.Detectors;

/// <summary>A tiny backbone and a detector on it that took no training: random prototypes and the patches of two noise pictures.</summary>
public abstract class DetectorTest : TemporaryFolder
{
    private protected const int MapSize = 32;

    private protected DetectorTest()
    {
        Store = new BackboneStore(InFolder("store"));
        Store.Generate(TinyModels.Configuration, "tiny");
        Backbone = Store.Open("tiny", threads: 1);
        Model = MakeModel();
        Model.Save(File);
    }

    private protected BackboneStore Store { get; }

    private protected Backbone Backbone { get; }

    private protected Detector Model { get; }

    /// <summary>Where the detector is saved.</summary>
    private protected string File => InFolder("part.promptad");

    public override void Dispose()
    {
        Backbone.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Red, green and blue of a noise picture, 40 x 30.</summary>
    private protected static byte[] Noise(int seed)
    {
        var pixels = new byte[40 * 30 * 3];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    /// <summary>Writes a noise picture, and returns its path.</summary>
    private protected string Save(int seed)
    {
        string path = InFolder($"{seed}.png");
        PictureEncoder.Save(Frame(Noise(seed)), path);
        return path;
    }

    /// <summary>The bytes of the detector's file.</summary>
    private protected static byte[] Saved(AnomalyDetector detector)
    {
        using var stream = new MemoryStream();
        detector.Save(stream);
        return stream.ToArray();
    }

    private protected static CameraFrame Frame(byte[] pixels) => new(pixels, 40, 30, PixelFormat.Rgb24);

    /// <summary>Writes the detector's file again as programs did that knew no hash, with something changed.</summary>
    private protected void Rewrite(
        Func<TensorEntry, TensorEntry>? entries = null,
        Action<TensorEntry, float[]>? values = null,
        Action<JsonObject>? metadata = null,
        Action<Dictionary<string, string>>? texts = null,
        bool reverse = false)
    {
        string copy = InFolder("changed");
        using (SafetensorsFile file = SafetensorsFile.Open(File))
        {
            var header = new Dictionary<string, string> { ["promptad"] = file.Metadata["promptad"] };
            if (metadata is not null)
            {
                JsonObject json = JsonNode.Parse(header["promptad"])!.AsObject();
                metadata(json);
                header["promptad"] = json.ToJsonString();
            }
            texts?.Invoke(header);
            TensorEntry[] kept = [.. file.Tensors.Values.Select(entry => entries is null ? entry : entries(entry))];
            if (reverse) Array.Reverse(kept);
            var layout = new SafetensorsLayout(kept, header);
            AtomicFile.Write(copy, stream => layout.Write(stream, entry =>
            {
                float[] written = file.Tensors.ContainsKey(entry.Name) ? file.ReadFloats(entry.Name) : [];
                Array.Resize(ref written, (int)entry.Count);
                values?.Invoke(entry, written);
                return written;
            }));
        }
        System.IO.File.Move(copy, File, overwrite: true);
    }

    private Detector MakeModel()
    {
        VisionConfiguration vision = TinyModels.Configuration.Vision;
        var preprocessor = new Preprocessor(vision.ImageSize, new PreprocessingOptions());
        List<float>[] layers = [[], []];
        foreach (int seed in (int[])[0, 1])
        {
            var image = new byte[preprocessor.Length];
            preprocessor.PrepareReference(Frame(Noise(seed)), image);
            PictureFeatures features = Backbone.OpenEncoder().Encode(image);
            for (int layer = 0; layer < layers.Length; layer++)
                layers[layer].AddRange(Channels.Normalize(features.Memory[layer], vision.Width));
        }
        var bank = new MemoryBank([.. layers.Select(layer => layer.ToArray())], vision.Width);
        return new Detector(Metadata(), new WordPrototypes(RandomPrototypes(1), RandomPrototypes(2)), [bank]);
    }

    private DetectorMetadata Metadata() => new()
    {
        Format = DetectorMetadata.CurrentFormat,
        BackboneId = Backbone.Id,
        BackboneHash = Backbone.Hash,
        GeneratedBackbone = true,
        ObjectName = "metal nut",
        States = ["damaged {}", "{} with scratch"],
        Shots = 2,
        Seed = 7,
        Temperature = 4.6052f,
        GoodPeak = 0.125f,
        Preprocessing = new PreprocessingOptions { QueryChannels = ChannelOrder.Bgr },
        Scoring = new ScoringOptions { MapSize = MapSize, SmoothingSigma = 1.5f },
        Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Program = "test",
    };

    private static Prototypes RandomPrototypes(int seed)
    {
        int channels = TinyModels.Configuration.EmbeddingSize;
        return new Prototypes(RandomFeatures.Rows(1, channels, seed), RandomFeatures.Rows(1, channels, seed + 10));
    }
}
