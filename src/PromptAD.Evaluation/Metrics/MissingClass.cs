namespace PromptAD.Evaluation.Metrics;

internal static class MissingClass
{
    /// <summary>Throws an error that names the class a set lacks.</summary>
    public static void ThrowIfAny(double defects, double normals, string item)
    {
        if (defects > 0 && normals > 0) return;
        string missing = (defects, normals) switch
        {
            (0, 0) => $"holds no {item}",
            (0, _) => $"holds no defective {item}, only {normals} normal ones",
            _ => $"holds no normal {item}, only {defects} defective ones",
        };
        throw new PromptADException(
            Problem.OutOfRange,
            $"The set to measure {missing}; a ranking needs at least one normal and one defective {item}. Add the missing kind.");
    }
}
