using PromptAD.Encoders;

namespace PromptAD.Training.Tests;

public sealed class CachingEncoderTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    [Fact]
    public void Gives_the_same_features_without_encoding_again()
    {
        var encoder = new CachingEncoder(tiny.Backbone.OpenEncoder(), budget: 1 << 20);
        using (Backbone shared = tiny.Backbone.With(encoder))
        {
            byte[] pixels = Pixels(1), others = Pixels(2);
            float[] expected = Features(tiny.Backbone, pixels);
            Assert.Equal(expected, Features(shared, pixels));
            Assert.Equal(expected, Features(shared, pixels));
            Assert.Equal((1, 1), (encoder.Encoded, encoder.Found));
            Assert.Equal(Features(tiny.Backbone, others), Features(shared, others));
            Assert.Equal((2, 1), (encoder.Encoded, encoder.Found));
            Assert.True(encoder.Cost > TimeSpan.Zero);
        }
        Assert.NotEmpty(Features(tiny.Backbone, Pixels(1))); // the original stays open
    }

    [Fact]
    public void Keeps_no_more_than_its_budget()
    {
        var encoder = new CachingEncoder(tiny.Backbone.OpenEncoder(), budget: 0);
        using Backbone owned = tiny.Backbone.With(encoder);
        float[] first = Features(owned, Pixels(1));
        Assert.Equal(first, Features(owned, Pixels(1)));
        Assert.Equal((2, 0), (encoder.Encoded, encoder.Found));
    }

    private byte[] Pixels(int seed)
    {
        byte[] pixels = new byte[tiny.Backbone.Encoder.InputLength];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    private static float[] Features(Backbone backbone, byte[] pixels)
    {
        PictureFeatures features = backbone.OpenEncoder().Encode(pixels);
        return [.. features.Cls, .. features.Tokens, .. features.Memory[0]];
    }
}
