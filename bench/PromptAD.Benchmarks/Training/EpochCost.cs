using PromptAD.Training;
using PromptAD.Training.Tests.Twins;

namespace PromptAD.Benchmarks.Training;

/// <summary>What an epoch of the image level costs: 3 contexts, 4 suffixes, 1 shot.</summary>
/// <param name="PlainTokens">Prompts times full length: what the plain form computes.</param>
/// <param name="DistinctTokens">The different beginnings of prompts.</param>
/// <param name="Seconds">The quickest of some epochs on the clock.</param>
/// <param name="ProcessorSeconds">The least processor time of some epochs.</param>
internal sealed record EpochCost(int PlainTokens, int DistinctTokens, double Seconds, double ProcessorSeconds)
{
    public const string ObjectName = "carpet";
    private const int Rounds = 12;

    /// <summary>Seconds of processor time for a distinct token.</summary>
    public double PerToken => ProcessorSeconds / DistinctTokens;

    /// <summary>The common states, those of the object, and other published ones as far as they are needed.</summary>
    public static string[] States(int count)
    {
        IEnumerable<string> others = PublishedPrompts.Categories.SelectMany(PublishedPrompts.StatesOf);
        return [.. PublishedPrompts.CommonStates.Concat(PublishedPrompts.StatesOf(ObjectName)).Concat(others).Distinct().Take(count)];
    }

    public static EpochCost Measure(Backbone backbone, int states)
    {
        using var pair = new TrainingPair(backbone, PromptLevel.Image, ObjectName, States(states), TrainingOptions.Published);
        var epochs = new Stopwatches();
        for (int round = 0; round < Rounds; round++) epochs.Measure(() => pair.Fast.Step(0));
        return new EpochCost(pair.PlainTokens, pair.DistinctTokens, epochs.Clock, epochs.Processor);
    }

    /// <summary>Prints the cost for some numbers of states.</summary>
    public static int Print(Backbone backbone)
    {
        Console.WriteLine("states  prompts x 77  distinct tokens  ms an epoch  ms of processor time  us of it a distinct token");
        foreach (int states in (int[])[4, 16, 64])
        {
            EpochCost cost = Measure(backbone, states);
            Console.WriteLine(
                $"{states,6}  {cost.PlainTokens,12}  {cost.DistinctTokens,15}  {cost.Seconds * 1e3,11:F0}  "
                + $"{cost.ProcessorSeconds * 1e3,20:F0}  {cost.PerToken * 1e6,25:F0}");
        }
        return 0;
    }
}
