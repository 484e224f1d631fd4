using PromptAD.Training.Prompts;
using PromptAD.Words;

using static TorchSharp.torch;

namespace PromptAD.Training.Tests;

public sealed class TextEncoderTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    [Fact]
    public void A_prompt_has_the_same_feature_beside_others_as_alone()
    {
        using var encoder = new TextEncoder(tiny.Backbone);
        using var scope = NewDisposeScope();
        int[][] prompts = [[598, 10, 20, 30, 599], [598, 11, 599], [598, 10, 20, 599], [598, 11, 599]];
        Tensor together = encoder.Encode(prompts);
        for (int i = 0; i < prompts.Length; i++)
            Assert.InRange((together[i] - encoder.Encode([prompts[i]])[0]).abs().max().item<float>(), 0, 1e-5f);
        Assert.True((together[0] - together[2]).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void Gradients_reach_the_contexts_and_nothing_else()
    {
        var text = new PromptText(tiny.Backbone.Tokenizer, 77, 1, "nut", ["damaged {}"], new PromptOptions());
        using var encoder = new TextEncoder(tiny.Backbone);
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
}
