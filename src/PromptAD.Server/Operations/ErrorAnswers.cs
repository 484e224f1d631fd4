using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Server.Cluster;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Operations;

/// <summary>The one place where errors become answers: problem details with one line that says what to do.</summary>
internal sealed partial class ErrorAnswers(IProblemDetailsService problems, ILogger<ErrorAnswers> log) : IExceptionHandler
{
    private const string SendJson = "Send JSON, with the header 'content-type: application/json'.";
    private const string TooLarge = "The body is larger than is taken here (pictures: Service:MaxPictureMegabytes, MaxBatchMegabytes).";

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested) return true; // nobody listens
        (int status, string detail) = Read(exception, log, context.Request.Path);
        context.Response.StatusCode = status;
        int? seconds = exception is ServiceException refused ? refused.RetryAfter
            : exception is StoreAwayException || DatabaseAway.Is(exception) ? 1 : null;
        if (seconds is not null) context.Response.Headers.RetryAfter = $"{seconds}";
        var details = new ProblemDetails { Status = status, Detail = detail };
        if (Problems.Of(exception) is { } problem) details.Extensions["problem"] = problem;
        if (exception is PromptADException { Details.Count: > 0 } known) details.Extensions["details"] = known.Details;
        return await problems.TryWriteAsync(
            new ProblemDetailsContext { HttpContext = context, ProblemDetails = details, Exception = exception });
    }

    /// <summary>The status of an error, and the line that says what is wrong.</summary>
    public static (int Status, string Detail) Read(Exception exception) => exception switch
    {
        _ when DiskSpace.IsFull(exception) => (StatusCodes.Status507InsufficientStorage, exception is DiskFullException
            ? exception.Message
            : "The disk of the data folder is full. Free some space; nothing was kept."),
        _ when DatabaseAway.Is(exception) => (
            StatusCodes.Status503ServiceUnavailable, "The database does not answer; nothing was kept. Send it again in a moment."),
        StoreAwayException away => (StatusCodes.Status503ServiceUnavailable, away.Message),
        LostFileException lost => (StatusCodes.Status500InternalServerError, lost.Message),
        ServiceException refused => (refused.Status, refused.Message),
        PromptADException known => (StatusOf(known.Problem), known.Diagnostic.Describe(_ => null)),
        DbUpdateConcurrencyException => (
            StatusCodes.Status409Conflict, "Somebody else has changed it meanwhile; read it again, then change it."),
        BadHttpRequestException bad => (bad.StatusCode, LineOf(bad)),
        OrleansException => (StatusCodes.Status503ServiceUnavailable, ClusterCalls.NobodyAnswers),
        OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "It was ended before it was done. Send it again."),
        _ => (StatusCodes.Status500InternalServerError, "An unexpected error; the service's log has it."),
    };

    /// <summary>The same; what nobody has expected goes into the log with all that is known of it.</summary>
    /// <param name="exception">The error.</param>
    /// <param name="log">The log.</param>
    /// <param name="where">Where it came up.</param>
    public static (int Status, string Detail) Read(Exception exception, ILogger log, string where)
    {
        (int Status, string Detail) read = Read(exception);
        if (read.Status == StatusCodes.Status500InternalServerError) LogUnexpected(log, exception, where);
        return read;
    }

    /// <summary>What is wrong with a request that the server could not read, in words of this service.</summary>
    private static string LineOf(BadHttpRequestException bad) => (bad.StatusCode, bad.InnerException) switch
    {
        (StatusCodes.Status413PayloadTooLarge, _) => TooLarge,
        (StatusCodes.Status415UnsupportedMediaType, _) => SendJson,
        (_, JsonException missing) when MissingFields(missing) is { } fields =>
            $"The body does not say {fields}; /docs says what belongs there.",
        (_, JsonException { Path: { Length: > 1 } path }) => $"The body does not fit at '{path[2..]}'; /docs says what belongs there.",
        (_, JsonException) => "The body is no JSON that can be read; /docs says what belongs there.",
        _ when bad.Message.StartsWith("Unexpected end of request", StringComparison.Ordinal) =>
            "The upload broke off before its end; nothing was kept. Send it again.",
        _ => bad.Message,
    };

    /// <summary>What a body must say and does not; null where that is not what is wrong.</summary>
    private static string? MissingFields(JsonException error)
    {
        const string Mark = "missing required properties including: ";
        int at = error.Message.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0 ? null : error.Message[(at + Mark.Length)..].Split(". ", 2)[0].TrimEnd('.');
    }

    /// <summary>A line for refusals that nobody has worded.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        if (!string.IsNullOrEmpty(context.ProblemDetails.Detail)) return;
        context.ProblemDetails.Detail = context.ProblemDetails.Status switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this address; /docs lists what there is.",
            StatusCodes.Status405MethodNotAllowed => $"{context.HttpContext.Request.Method} is not for this address; /docs says what is.",
            StatusCodes.Status413PayloadTooLarge => TooLarge,
            StatusCodes.Status415UnsupportedMediaType => SendJson,
            _ => null,
        };
    }

    /// <summary>The status of a problem that the library has told of.</summary>
    public static int StatusOf(Problem problem) => problem switch
    {
        Problem.InvalidArgument or Problem.OutOfRange => StatusCodes.Status400BadRequest,
        Problem.Missing => StatusCodes.Status404NotFound,
        Problem.AlreadyExists or Problem.Conflict or Problem.NotCalibrated or Problem.Refused => StatusCodes.Status409Conflict,
        Problem.Unreadable or Problem.Damaged or Problem.Unsupported or Problem.Mismatch => StatusCodes.Status422UnprocessableEntity,
        Problem.Network => StatusCodes.Status502BadGateway,
        Problem.Environment => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected error in {Where}")]
    private static partial void LogUnexpected(ILogger log, Exception exception, string where);
}
