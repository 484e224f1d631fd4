using PromptAD.Encoders.Clip;

namespace PromptAD.Training.Tests;

/// <summary>A small backbone by rule in a store of its own, made once for the tests of a class.</summary>
public sealed class TinyBackbone : IDisposable
{
    private const string Configuration = """
        {"embed_dim": 32, "vision_cfg": {"image_size": 64, "layers": 12, "width": 64, "patch_size": 16},
         "text_cfg": {"context_length": 77, "vocab_size": 600, "width": 32, "heads": 2, "layers": 2}}
        """;

    private readonly string folder = Path.Combine(Path.GetTempPath(), $"promptad-tests-{Guid.NewGuid():N}");

    public TinyBackbone()
    {
        Store = new BackboneStore(folder);
        Store.Generate(ClipConfiguration.Parse(Configuration), "tiny");
        Backbone = Store.Open("tiny", threads: 1);
    }

    internal BackboneStore Store { get; }

    internal Backbone Backbone { get; }

    internal string Folder => folder;

    /// <summary>A trainer with a few noise pictures in it.</summary>
    internal PromptTrainer Trainer(TrainingOptions? options = null, int shots = 2)
    {
        var trainer = new PromptTrainer(Backbone, "metal nut", options ?? Short());
        for (int i = 0; i < shots; i++) trainer.AddGood(NoiseFrame(i));
        return trainer;
    }

    /// <summary>Recommended options with few epochs.</summary>
    internal static TrainingOptions Short(int epochs = 3, int seed = 0) => TrainingOptions.Recommended with
    {
        Seed = seed,
        Optimizer = new OptimizerOptions { Epochs = epochs },
        Scoring = new ScoringOptions { MapSize = 32 },
    };

    internal static CameraFrame NoiseFrame(int seed)
    {
        var pixels = new byte[64 * 64 * 3];
        new Random(seed).NextBytes(pixels);
        return new CameraFrame(pixels, 64, 64, PixelFormat.Rgb24);
    }

    public void Dispose()
    {
        Backbone.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
