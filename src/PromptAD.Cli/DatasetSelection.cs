using PromptAD.Evaluation;

namespace PromptAD.Cli;

/// <summary>Opens the data set of a command: the wanted categories, checked before work starts.</summary>
internal static class DatasetSelection
{
    /// <exception cref="PromptADException">It cannot be read, a category is not in it, or something is wrong that would spoil the
    /// figures.</exception>
    public static Dataset Open(string path, DatasetLayout layout, IReadOnlyList<string> categories, Terminal terminal)
    {
        Dataset data = Dataset.Open(path, layout);
        const StringSplitOptions Plain = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        string[] wanted = [.. categories.SelectMany(names => names.Split(',', Plain))];
        string? unknown = wanted.FirstOrDefault(name => !data.Categories.Any(category => category.Name == name));
        if (unknown is not null)
        {
            string known = string.Join(", ", data.Categories.Select(category => category.Name));
            throw new PromptADException($"'{path}' has no category '{unknown}'; use some of {known}.");
        }
        if (wanted.Length > 0) data = data with { Categories = [.. data.Categories.Where(category => wanted.Contains(category.Name))] };
        DatasetProblems problems = data.Check();
        foreach (DatasetProblem problem in problems.All)
            if (problem.Severity == ProblemSeverity.Warning) terminal.Warn(problem.Message);
        problems.ThrowIfErrors();
        return data;
    }
}
