namespace PromptAD.Benchmarks.Ratios;

/// <summary>What training claims.</summary>
internal static class TrainingRatios
{
    public static IEnumerable<Ratio> List(Workplace workplace)
    {
        _ = workplace;
        yield break;
    }
}
