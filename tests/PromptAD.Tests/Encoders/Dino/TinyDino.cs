using PromptAD.Checkpoints;
using PromptAD.Encoders.Dino;
using PromptAD.Files;

namespace PromptAD.Tests.Encoders.Dino;

/// <summary>Configurations of DINOv2 small enough that a test with one takes milliseconds, and their weights by rule.</summary>
internal static class TinyDino
{
    /// <summary>Three blocks of 16 channels in 2 heads, 5 x 5 places, pictures of 6 x 6 patches of 4 pixels.</summary>
    public static DinoConfiguration Configuration { get; } = DinoConfiguration.Parse("""
        {"kind": "dinov2", "width": 16, "layers": 3, "heads": 2, "patch": 4, "trained_size": 20, "input_size": 24}
        """);

    /// <summary>Writes the weights file of an encoder into a folder.</summary>
    public static void Write(DinoConfiguration configuration, string folder, BackbonePrecision precision = BackbonePrecision.Float32)
    {
        using var checkpoint = new DeterministicCheckpoint(configuration);
        AtomicFile.Write(Path.Combine(folder, "vision.safetensors"), configuration.ToWeights(precision, Read).Write);

        float[] Read(string name)
        {
            var values = new float[checkpoint.Tensors[name].Count];
            checkpoint.Read(name, values);
            return values;
        }
    }

    /// <summary>Opens the encoder of weights by rule.</summary>
    public static DinoEncoder Open(DinoConfiguration configuration, string folder, BackbonePrecision precision = BackbonePrecision.Float32)
    {
        Write(configuration, folder, precision);
        var options = new EncoderOptions { Threads = 1 };
        return new DinoEncoder(folder, configuration.Describe("tiny", "hash"), configuration, precision, options);
    }
}
