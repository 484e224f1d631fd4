using PromptAD.Scoring;
using static TorchSharp.torch;

namespace PromptAD.Training.Tests;

public sealed class TextEncoderTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    [Fact]
    public void Cutting_prompts_behind_their_longest_gives_what_the_full_length_gives()
    {
        using var encoder = new TextEncoder(tiny.Backbone.Configuration, tiny.Backbone.TextWeightsPath);
        using var scope = NewDisposeScope();
        int[][] prompts = [[598, 10, 20, 30, 599], [598, 11, 599]];
        long[] ends = [4, 2];
        float[] cut = Encode(encoder, prompts, ends, length: 5), full = Encode(encoder, prompts, ends, length: 77);
        Assert.Equal(cut.Length, full.Length);
        Assert.All(cut.Zip(full), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-5f));
        Assert.NotEqual(cut[..32], cut[32..]);
    }

    [Fact]
    public void Gradients_reach_the_contexts_and_nothing_else()
    {
        var text = new PromptText(tiny.Backbone.Tokenizer, 77, 1, "nut", ["damaged {}"], new PromptOptions());
        using var encoder = new TextEncoder(tiny.Backbone.Configuration, tiny.Backbone.TextWeightsPath);
        InitialContexts contexts = InitialContext.Random(1);
        float[] normal = contexts(InitialContext.Normal, 4 * 32), anomalous = contexts(InitialContext.Anomalous, 4 * 32);
        using var learner = new PromptLearner(text, encoder, normal, anomalous, 32);
        using var scope = NewDisposeScope();
        PromptFeatures features = learner.Encode();
        (features.Normal.sum() + features.Learned.sum()).backward();
        Assert.True(learner.NormalContexts.grad!.abs().sum().item<float>() > 0);
        Assert.True(learner.AnomalyContexts.grad!.abs().sum().item<float>() > 0);
        Prototypes prototypes = learner.ReadPrototypes();
        Assert.Equal(1, prototypes.Normal.Sum(value => value * value), 1e-5);
    }

    private static float[] Encode(TextEncoder encoder, int[][] prompts, long[] ends, int length)
    {
        // Behind end-of-text stands token 0, as in CLIP's padded texts.
        int[] padded = [.. prompts.SelectMany(prompt => prompt.Concat(Enumerable.Repeat(0, length - prompt.Length)))];
        Tensor embedded = encoder.Embeddings(padded).view(prompts.Length, length, -1);
        return encoder.Encode(embedded, tensor(ends)).data<float>().ToArray();
    }
}
