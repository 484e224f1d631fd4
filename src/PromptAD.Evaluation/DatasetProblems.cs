namespace PromptAD.Evaluation;

/// <summary>Whether an evaluation can go on.</summary>
public enum ProblemSeverity
{
    /// <summary>It can; some figure rests on fewer pictures than there are.</summary>
    Warning,

    /// <summary>It cannot, or its figures would be wrong.</summary>
    Error,
}

/// <summary>What can be wrong with a data set.</summary>
public enum ProblemKind
{
    /// <summary>A category lacks pictures to learn from, or good or defective ones to test with. An error.</summary>
    EmptyCategory,

    /// <summary>A file that the data set lists does not exist. An error.</summary>
    AbsentFile,

    /// <summary>
    /// A picture or mask that cannot be decoded: an error among pictures to learn from; a test picture is left out, with a warning.
    /// </summary>
    UnreadablePicture,

    /// <summary>Defective pictures have no mask, so it is unknown which of their pixels are defective. A warning.</summary>
    MissingMask,

    /// <summary>A mask has another size than its picture: an error, or a warning if it only differs in scale.</summary>
    MaskSize,

    /// <summary>A picture to learn from is tested with too: files of equal content. An error.</summary>
    SamePictureInTrainAndTest,

    /// <summary>Something in the data set's folder or manifest that cannot be used and is left out. A warning.</summary>
    LeftOut,

    /// <summary>A manifest lists a picture more than once for the same use, perhaps with two truths. An error.</summary>
    ListedTwice,

    /// <summary>
    /// A mask whose shape is in its transparency alone: an error. One that marks nothing, or more than 95 % of its picture: a warning.
    /// </summary>
    MaskContent,
}

/// <summary>One problem of a data set, which may concern several files.</summary>
/// <param name="Severity">Whether an evaluation can go on.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Category">Name of the category, or of the data set.</param>
/// <param name="Message">One line that says what is wrong and what to do.</param>
/// <param name="Paths">Full paths of all files it concerns.</param>
public sealed record DatasetProblem(
    ProblemSeverity Severity, ProblemKind Kind, string Category, string Message, IReadOnlyList<string> Paths)
{
    internal static DatasetProblem LeftOut(string category, string sentence, params IReadOnlyList<string> paths) =>
        new(ProblemSeverity.Warning, ProblemKind.LeftOut, category, $"{category}: {sentence}", paths);
}

/// <summary>All problems of a data set, found before work starts.</summary>
/// <param name="All">The problems, category by category.</param>
public sealed record DatasetProblems(IReadOnlyList<DatasetProblem> All)
{
    /// <summary>Whether one of them is an error.</summary>
    public bool HasErrors => All.Any(p => p.Severity == ProblemSeverity.Error);

    /// <summary>Throws one error that holds the messages of all errors; does nothing if there is none.</summary>
    /// <exception cref="PromptADException">There is an error among the problems.</exception>
    public void ThrowIfErrors()
    {
        string[] errors = [.. All.Where(p => p.Severity == ProblemSeverity.Error).Select(p => p.Message)];
        if (errors.Length > 0) throw new PromptADException(
            Problem.InvalidArgument,
            $"The data set cannot be evaluated. {string.Join(' ', errors)}");
    }
}
