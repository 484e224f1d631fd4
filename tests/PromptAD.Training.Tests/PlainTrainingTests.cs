using PromptAD.Training.Tests.Twins;

using static TorchSharp.torch;

namespace PromptAD.Training.Tests;

/// <summary>Training computes each distinct token once; its twin computes all tokens of all prompts.</summary>
public sealed class PlainTrainingTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    private const double Tolerance = 1e-4;
    private static readonly string[] States = ["damaged {}", "flawed {}", "{} with flaw", "{} with defect", "damaged {}", "{} with flaw on top"];

    public static TheoryData<PromptLevel, PromptOptions> Layouts => new()
    {
        { PromptLevel.Image, new PromptOptions() },
        { PromptLevel.Pixel, new PromptOptions() },
        { PromptLevel.Image, new PromptOptions { LearnedOrder = LearnedPromptOrder.ObjectBeforeContext } },
        { PromptLevel.Image, new PromptOptions { ImageContexts = 2, AnomalyContextLength = 2 } }, // N and L share a factor
        { PromptLevel.Image, new PromptOptions { Concatenation = false } }, // branches of two shapes
        { PromptLevel.Image, new PromptOptions { Concatenation = false, AnomalyContextLength = 4 } }, // of one shape
        // Behind a constant beginning longer than start-of-text.
        { PromptLevel.Image, new PromptOptions { Concatenation = false, LearnedOrder = LearnedPromptOrder.ObjectBeforeContext } },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Has_the_losses_and_contexts_of_the_plain_form_over_100_epochs(PromptLevel level, PromptOptions prompts)
    {
        using var pair = new TrainingPair(tiny.Backbone, level, "metal nut", States, TinyBackbone.Short(100) with { Prompts = prompts }, shots: 2);
        for (int epoch = 0; epoch < 100; epoch++)
        {
            LossValues fast = pair.Fast.Step(epoch), plain = pair.Plain.Step(epoch);
            Assert.InRange(Math.Abs(fast.Contrastive - plain.Contrastive), 0, Tolerance);
            Assert.InRange(Math.Abs(fast.Margin - plain.Margin), 0, Tolerance);
            Assert.InRange(Math.Abs(fast.Alignment - plain.Alignment), 0, Tolerance);
            Assert.InRange(Math.Abs(fast.Total - plain.Total), 0, Tolerance);
            Assert.InRange(Difference(pair.Learner.NormalContexts, pair.Plain.NormalContexts), 0, Tolerance);
            Assert.InRange(Difference(pair.Learner.AnomalyContexts, pair.Plain.AnomalyContexts), 0, Tolerance);
        }
    }

    private static float Difference(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return (a - b).abs().max().item<float>();
    }
}
