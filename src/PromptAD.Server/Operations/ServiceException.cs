namespace PromptAD.Server.Operations;

/// <summary>A request that cannot be done as it is; the message is one line and says what to do.</summary>
/// <param name="status">The HTTP status that says so.</param>
/// <param name="message">What was given, what is allowed, what to do.</param>
internal sealed class ServiceException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>What kind of refusal it is, for programs that have words of their own; null for none in particular.</summary>
    public string? Problem { get; init; }

    /// <summary>After how many seconds to try again; null where it would not help.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>There is no such thing.</summary>
    public static ServiceException Unknown(string what, object id) =>
        new(StatusCodes.Status404NotFound, $"There is no {what} '{id}'.") { Problem = Problems.Unknown };

    /// <summary>There is no such product.</summary>
    public static ServiceException UnknownProduct(string id) =>
        new(StatusCodes.Status404NotFound, $"There is no product '{id}'.") { Problem = Problems.UnknownProduct };

    /// <summary>What was given cannot be.</summary>
    public static ServiceException Invalid(string message) => new(StatusCodes.Status400BadRequest, message);

    /// <summary>It does not go with what is there.</summary>
    public static ServiceException Conflict(string message) => new(StatusCodes.Status409Conflict, message);
}
