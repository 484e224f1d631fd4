namespace PromptAD.Evaluation;

/// <summary>One product of a data set.</summary>
public sealed record Category
{
    /// <summary>Name of the product.</summary>
    public required string Name { get; init; }

    /// <summary>Full path of the folder that its pictures are below.</summary>
    public required string Root { get; init; }

    /// <summary>Full paths of the good pictures to learn from.</summary>
    public required IReadOnlyList<string> TrainGood { get; init; }

    /// <summary>Full paths of good pictures set aside for choosing a threshold; empty in most data sets.</summary>
    public IReadOnlyList<string> ValidationGood { get; init; } = [];

    /// <summary>
    /// Those of <see cref="TrainGood"/> of which nothing says that they were learned from: the first half of good pictures by name.
    /// </summary>
    internal IReadOnlyList<string> Halved { get; init; } = [];

    /// <summary>The pictures to measure with.</summary>
    public required IReadOnlyList<TestPicture> Test { get; init; }

    /// <summary>A path of this category as it is shown and kept in results: relative to <see cref="Root"/>, with forward slashes.</summary>
    /// <param name="path">Full path of one of its pictures.</param>
    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');
}
