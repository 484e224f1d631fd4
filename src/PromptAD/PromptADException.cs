namespace PromptAD;

/// <summary>
/// A problem the caller can mend: a file that cannot be read, an option out of range, a detector made with another backbone.
/// The message is one line and says what was given, what is allowed and what to do; <see cref="Diagnostic"/> has the same as data.
/// </summary>
public sealed class PromptADException : Exception
{
    /// <summary>Creates the error with its one-line message.</summary>
    /// <param name="problem">The kind of problem.</param>
    /// <param name="message">What was given, what is allowed, what to do.</param>
    /// <param name="innerException">The error underneath; null for none.</param>
    public PromptADException(Problem problem, string message, Exception? innerException = null)
        : this(new Diagnostic(problem, message), innerException)
    {
    }

    /// <summary>Creates the error from data.</summary>
    /// <param name="diagnostic">What it says.</param>
    /// <param name="innerException">The error underneath; null for none.</param>
    public PromptADException(Diagnostic diagnostic, Exception? innerException = null)
        : base((diagnostic ?? throw new ArgumentNullException(nameof(diagnostic))).ToString(), innerException) => Diagnostic = diagnostic;

    /// <summary>What the message says, as data.</summary>
    public Diagnostic Diagnostic { get; }

    /// <summary>The kind of problem.</summary>
    public Problem Problem => Diagnostic.Problem;

    /// <summary>The particulars behind the message, a line each, such as every tensor that does not fit. Empty for most errors.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
