using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Cluster;

/// <summary>What a node answers to another one: a value, or why there is none, so that errors are the same on every node.</summary>
/// <typeparam name="T">The value.</typeparam>
internal sealed record Reply<T>
{
    /// <summary>The value; the default where there is none.</summary>
    public T? Value { get; init; }

    /// <summary>Why there is none; null where there is one.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The value.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    /// <exception cref="PromptADException">There is none: a picture or a detector is wrong.</exception>
    public T Read() => Refusal is null ? Value! : throw Refusal.ToException();
}

/// <summary>Makes replies.</summary>
internal static class Reply
{
    /// <summary>What work brings, or why it brings nothing.</summary>
    public static async Task<Reply<T>> OfAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return new Reply<T> { Value = await work() };
        }
        catch (Exception e) when (e is ServiceException or PromptADException)
        {
            return new Reply<T> { Refusal = Refusal.Of(e) };
        }
        catch (Exception e) when (e is not OrleansException and not TimeoutException)
        {
            (int status, string detail) = ErrorAnswers.Read(e);
            bool isOfNode = e is LostFileException or StoreAwayException;
            return new Reply<T> { Refusal = new Refusal { Status = status, Detail = detail, IsOfNode = isOfNode } };
        }
    }
}

/// <summary>Why there is no value.</summary>
internal sealed record Refusal
{
    public required int Status { get; init; }

    public required string Detail { get; init; }

    /// <summary>What kind of refusal it is (<see cref="Problems"/>); null for none in particular.</summary>
    public string? Kind { get; init; }

    public int? RetryAfter { get; init; }

    /// <summary>The library's problem; null where it is the service's.</summary>
    public Problem? Problem { get; init; }

    /// <summary>Whether another node may do it: this one stops, lacks a backbone, or does not see the file yet.</summary>
    public bool IsOfNode { get; init; }

    /// <summary>Why an exception says that there is none.</summary>
    public static Refusal Of(Exception error) => error is ServiceException refused
        ? new Refusal
        {
            Status = refused.Status,
            Detail = refused.Message,
            Kind = refused.Problem,
            RetryAfter = refused.RetryAfter,
            IsOfNode = refused.Status == StatusCodes.Status503ServiceUnavailable,
        }
        : new Refusal
        {
            Status = 0,
            Detail = ErrorAnswers.Read(error).Detail,
            Problem = ((PromptADException)error).Problem,
            IsOfNode = ((PromptADException)error).Problem == PromptAD.Problem.Environment,
        };

    /// <summary>The exception that it was.</summary>
    public Exception ToException() => Problem is { } problem
        ? new PromptADException(problem, Detail)
        : new ServiceException(Status, Detail) { Problem = Kind, RetryAfter = RetryAfter };
}
