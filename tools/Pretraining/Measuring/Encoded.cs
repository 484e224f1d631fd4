using PromptAD.Backbones;
using PromptAD.Imaging;
using PromptAD.Scoring;

namespace PromptAD.Pretraining.Measuring;

/// <summary>A picture's normalised features.</summary>
/// <param name="Cls">(E).</param>
/// <param name="Tokens">(patches, E).</param>
/// <param name="Memory">At each tap, (patches, width).</param>
/// <param name="Brightness">The mean of the encoder's input.</param>
internal sealed record Encoded(float[] Cls, float[] Tokens, IReadOnlyList<float[]> Memory, float Brightness)
{
    /// <summary>Encodes a picture file.</summary>
    public static Encoded Read(Backbone backbone, string path) => Encode(backbone, Input(backbone, path));

    /// <summary>Encodes a picture file in its own light and pose and in some others.</summary>
    public static IReadOnlyList<Encoded> ReadVaried(Backbone backbone, string path)
    {
        float[] input = Input(backbone, path);
        int size = backbone.Configuration.Vision.ImageSize;
        float[][] varied = [Turned(input, size, (y, x) => (y, size - 1 - x)), Turned(input, size, (y, x) => (size - 1 - y, x)), Turned(input, size, (y, x) => (x, y)),
            [.. input.Select(value => value * 0.85f)], [.. input.Select(value => value * 1.1f + 0.05f)]];
        return [.. varied.Select(values => Encode(backbone, values))];
    }

    private static Encoded Encode(Backbone backbone, float[] input)
    {
        BackboneConfiguration configuration = backbone.Configuration;
        using VisionFeatures features = backbone.Vision.Encode(input, 1);
        return new Encoded(
            Channels.Normalize(features.Cls, configuration.EmbeddingSize),
            Channels.Normalize(features.Tokens, configuration.EmbeddingSize),
            [.. configuration.Vision.MemoryTaps.Blocks.Select((_, tap) => Channels.Normalize(features.Memory(tap), configuration.Vision.Width))],
            input.Average());
    }

    private static float[] Input(Backbone backbone, string path)
    {
        var preprocessor = new Preprocessor(backbone.Configuration.Vision.ImageSize, new PreprocessingOptions());
        using Picture picture = PictureDecoder.Decode(path, 100_000_000);
        var input = new float[preprocessor.Length];
        preprocessor.PrepareReference(picture.Frame, input);
        return input;
    }

    private static float[] Turned(float[] input, int size, Func<int, int, (int Y, int X)> from)
    {
        var turned = new float[input.Length];
        for (int i = 0; i < input.Length; i++)
        {
            (int y, int x) = from(i / size % size, i % size);
            turned[i] = input[i / (size * size) * size * size + y * size + x];
        }
        return turned;
    }
}
