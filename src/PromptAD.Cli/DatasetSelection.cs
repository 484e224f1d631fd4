using PromptAD.Evaluation;

namespace PromptAD.Cli;

/// <summary>Opens the data set of a command: the wanted categories, checked before work starts.</summary>
internal static class DatasetSelection
{
    /// <param name="path">The data set's folder or manifest.</param>
    /// <param name="layout">What to expect.</param>
    /// <param name="categories">The wanted categories, perhaps with commas between them; none for all.</param>
    /// <param name="learns">Whether pictures to learn from are needed.</param>
    /// <param name="terminal">Where warnings go.</param>
    /// <param name="cancellation">Stops the check.</param>
    /// <returns>The data set and the warnings.</returns>
    /// <exception cref="PromptADException">It cannot be read, a category is not in it, or something is wrong that would spoil the
    /// figures.</exception>
    public static (Dataset Data, IReadOnlyList<string> Warnings) Open(
        string path, DatasetLayout layout, IReadOnlyList<string> categories, bool learns, Terminal terminal, CancellationToken cancellation)
    {
        Dataset data = Chosen(Dataset.Open(path, layout), path, categories);
        DatasetProblems problems = data.Check(learns, cancellation);
        string[] warnings =
            [.. problems.All.Where(problem => problem.Severity == ProblemSeverity.Warning).Select(problem => problem.Message)];
        foreach (string warning in warnings) terminal.Warn(warning);
        problems.ThrowIfErrors();
        return (data, warnings);
    }

    private static Dataset Chosen(Dataset data, string path, IReadOnlyList<string> categories)
    {
        const StringSplitOptions Plain = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        string[] known = [.. data.Categories.Select(category => category.Name)];
        // A manifest's category may have a comma in its own name.
        string[] wanted = [.. categories.SelectMany(names => known.Contains(names) ? [names] : names.Split(',', Plain))];
        string? unknown = wanted.FirstOrDefault(name => !known.Contains(name));
        if (unknown is not null)
            throw new PromptADException(
                Problem.InvalidArgument,
                $"'{path}' has no category '{unknown}'; use some of {string.Join(", ", known)}.");
        return wanted.Length == 0 ? data : data.Only(wanted);
    }
}
