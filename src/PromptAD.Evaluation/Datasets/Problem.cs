namespace PromptAD.Evaluation.Datasets;

/// <summary>Makes problems.</summary>
internal static class Problem
{
    public static DatasetProblem Error(ProblemKind kind, string category, string message, params IReadOnlyList<string> paths) =>
        new(ProblemSeverity.Error, kind, category, message, paths);

    public static DatasetProblem Warning(ProblemKind kind, string category, string message, params IReadOnlyList<string> paths) =>
        new(ProblemSeverity.Warning, kind, category, message, paths);

    public static DatasetProblem LeftOut(string category, string message, params IReadOnlyList<string> paths) =>
        Warning(ProblemKind.LeftOut, category, message, paths);
}
