namespace PromptAD;

/// <summary>
/// A problem the caller can mend: a file that cannot be read, an option out of range, a detector made with another backbone.
/// The message is one line and says what was given, what is allowed and what to do.
/// </summary>
public sealed class PromptADException : Exception
{
    /// <summary>Creates the error with its one-line message.</summary>
    /// <param name="message">What was given, what is allowed, what to do.</param>
    public PromptADException(string message) : base(message) { }

    /// <summary>Creates the error with its one-line message and what led to it.</summary>
    /// <param name="message">What was given, what is allowed, what to do.</param>
    /// <param name="innerException">The error underneath.</param>
    public PromptADException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>The particulars behind the message, a line each, such as every tensor that does not fit. Empty for most errors.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
