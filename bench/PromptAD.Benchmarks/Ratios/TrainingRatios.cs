using PromptAD.Benchmarks.Training;
using PromptAD.Training;
using PromptAD.Training.Tests.Twins;

using static TorchSharp.torch;

namespace PromptAD.Benchmarks.Ratios;

/// <summary>
/// What training claims. The plain form is the published program's: a row for each prompt, filled up to 77 tokens, all of it through all
/// blocks.
/// </summary>
internal static class TrainingRatios
{
    private const int Epochs = 100, PlainRounds = 2, FastRounds = 10, WhiteningRounds = 5;
    private const double Percent = 100;

    public static IEnumerable<Ratio> List(Workplace workplace)
    {
        var run = new Lazy<TrainingCost>(() => WholeTraining.MeasureApart(workplace.Store, workplace.Backbone.Id));
        yield return new Ratio("training: 100 epochs of both levels, 1 shot", Target.AtMost(90, " s"), () => run.Value.Seconds);
        yield return new Ratio("training: peak memory of that process", Target.AtMost(2.5, " GB"), () => run.Value.Gigabytes);
        var pair = new Lazy<(double Clock, double Processor)>(() => AgainstPlain(workplace.Backbone));
        yield return new Ratio(
            "training: image level, 14 states: epochs in the time of a plain one", Target.AtLeast(20, ""), () => pair.Value.Clock);
        // On a machine that does other work as well, this is the one to look at.
        yield return new Ratio("training: the same in processor time", Target.AtLeast(20, ""), () => pair.Value.Processor);
        var few = new Lazy<EpochCost>(() => EpochCost.Measure(workplace.Backbone, 4));
        foreach (int states in (int[])[16, 64])
        {
            yield return new Ratio(
                $"training: {states} states: processor time a distinct token, of 4 states'",
                Target.AtMost(1.2, ""),
                () => EpochCost.Measure(workplace.Backbone, states).PerToken / few.Value.PerToken);
        }
        foreach (int width in (int[])[768, 896, 1024])
        {
            yield return new Ratio(
                $"training: whitening of a layer of width {width}, 4 shots, of libtorch's time",
                Target.AtMost(200, "%"),
                () => Whitening(width));
        }
        foreach (PromptLevel level in Enum.GetValues<PromptLevel>())
        {
            yield return new Ratio(
                $"training: {level} level: losses and contexts of 100 epochs, off plain".ToLowerInvariant(),
                Target.AtMost(1e-4, ""),
                () => Difference(workplace, level));
        }
    }

    private static (double Clock, double Processor) AgainstPlain(Backbone backbone)
    {
        using var pair = new TrainingPair(
            backbone, PromptLevel.Image, EpochCost.ObjectName, EpochCost.States(14), TrainingOptions.Published);
        var plain = new Stopwatches();
        var fast = new Stopwatches();
        for (int round = 0; round < PlainRounds; round++)
        {
            plain.Measure(() => pair.Plain.Step(0));
            for (int i = 0; i < FastRounds; i++) fast.Measure(() => pair.Fast.Step(0));
        }
        return (plain.Clock / fast.Clock, plain.Processor / fast.Processor);
    }

    private static double Whitening(int width)
    {
        var pictures = new WhiteningPictures(width, patches: 225, shots: 4);
        (double torch, double own) = Clock.Best(WhiteningRounds, () => pictures.ByTorch(), () => pictures.Find());
        return Percent * own / torch;
    }

    /// <summary>On the embedded backbone, whose plain form is quick enough for 100 epochs.</summary>
    private static double Difference(Workplace workplace, PromptLevel level)
    {
        using Backbone small = workplace.Store.Open(BackboneStore.EmbeddedId);
        using var pair = new TrainingPair(small, level, EpochCost.ObjectName, EpochCost.States(14), TrainingOptions.Published);
        double farthest = 0;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            using var scope = NewDisposeScope();
            farthest = Math.Max(farthest, Math.Abs(pair.Fast.Step(epoch).Total - pair.Plain.Step(epoch).Total));
            farthest = Math.Max(farthest, (pair.Learner.NormalContexts - pair.Plain.NormalContexts).abs().max().item<float>());
            farthest = Math.Max(farthest, (pair.Learner.AnomalyContexts - pair.Plain.AnomalyContexts).abs().max().item<float>());
        }
        return farthest;
    }
}
