using PromptAD.Encoders.Clip;

namespace PromptAD.Tests.Cancellation;

/// <summary>A backbone of which a batch takes seconds on one thread, and an operator a few hundredths of one.</summary>
[Collection(nameof(Undisturbed))]
public sealed class EncoderTests : TemporaryFolder
{
    private const int Batch = 16;
    private const string Slow = """
        {"embed_dim": 16, "vision_cfg": {"image_size": 64, "patch_size": 4, "width": 256, "head_width": 64, "layers": 12},
         "text_cfg": {"context_length": 24, "vocab_size": 600, "width": 16, "heads": 2, "layers": 1}}
        """;

    private readonly BackboneStore store;

    public EncoderTests()
    {
        store = new BackboneStore(InFolder("store"));
        store.Generate(ClipConfiguration.Parse(Slow), "slow");
    }

    [Fact]
    public async Task A_run_ends_midway_and_the_next_one_is_as_if_it_had_not_been()
    {
        using Backbone backbone = store.Open("slow", threads: 1);
        byte[] pixels = Pixels(Batch), one = Pixels(1);
        float[] Features()
        {
            using ClipFeatures features = backbone.Clip.Encode(one, 1);
            return [.. features.Cls, .. features.Tokens];
        }

        float[] before = Features();
        await Promptly.EndsAsync(cancellation => backbone.Clip.Encode(pixels, Batch, cancellation).Dispose());
        Assert.Equal(before, Features());
    }

    [Fact]
    public void A_cancelled_run_does_not_begin_and_others_with_tokens_of_their_own_go_on()
    {
        using Backbone backbone = store.Open("slow", threads: 1);
        using var other = new CancellationTokenSource();
        byte[] pixels = Pixels(1);
        Assert.Throws<OperationCanceledException>(() => backbone.Clip.Encode(pixels, 1, new CancellationToken(canceled: true)));
        using ClipFeatures expected = backbone.Clip.Encode(pixels, 1), actual = backbone.Clip.Encode(pixels, 1, other.Token);
        Assert.Equal(expected.Cls.ToArray(), actual.Cls.ToArray());
        Assert.Equal(expected.Tokens.ToArray(), actual.Tokens.ToArray());
    }

    [Fact]
    public void An_encoder_that_nobody_waited_for_is_there_for_the_next_one()
    {
        using Backbone backbone = store.Open("slow", threads: 1);
        Assert.Throws<OperationCanceledException>(() => backbone.OpenEncoder(new CancellationToken(canceled: true)));
        using ClipFeatures features = backbone.Clip.Encode(Pixels(1), 1);
        Assert.Equal(16, features.Cls.Length);
    }

    [Fact]
    public void Closing_waits_for_an_encoder_that_was_left_opening()
    {
        Backbone backbone = store.Open("slow", threads: 1);
        Assert.Throws<OperationCanceledException>(() => backbone.OpenEncoder(new CancellationToken(canceled: true)));
        backbone.Dispose();
        store.Remove("slow"); // which an opening would miss
        Assert.Throws<ObjectDisposedException>(() => backbone.OpenEncoder());
    }

    private static byte[] Pixels(int count)
    {
        var pixels = new byte[count * 3 * 64 * 64];
        new Random(1).NextBytes(pixels);
        return pixels;
    }
}
