namespace PromptAD.Evaluation;

/// <summary>How a benchmark treats the test set.</summary>
public enum EvaluationProtocol
{
    /// <summary>
    /// Test pictures touch nothing but the final score: the last epoch counts, the states are the common ones, and the pictures to learn
    /// from are drawn by seed. What a user can expect.
    /// </summary>
    Honest,

    /// <summary>
    /// The published evaluation with every mark, for comparing like with like: the paper's pictures to learn from where the category is
    /// known, the names of its defects as states (Q8), test pictures read as BGR by way of 1024 x 1024 (Q5, Q6), and the epoch that is best
    /// on the test set (Q7). Its figures are picked on the test set and so flatter.
    /// </summary>
    Published,
}
