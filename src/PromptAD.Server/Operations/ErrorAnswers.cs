using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Operations;

/// <summary>The one place where errors become answers: problem details with one line that says what to do.</summary>
internal sealed partial class ErrorAnswers(IProblemDetailsService problems, ILogger<ErrorAnswers> log) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested) return true; // nobody listens
        (int status, string detail) = Read(exception);
        if (status == StatusCodes.Status500InternalServerError) LogUnexpected(exception, context.Request.Path);
        context.Response.StatusCode = status;
        int? seconds = exception is ServiceException refused ? refused.RetryAfter : DatabaseAway.Is(exception) ? 1 : null;
        if (seconds is not null) context.Response.Headers.RetryAfter = $"{seconds}";
        var details = new ProblemDetails { Status = status, Detail = detail };
        if (exception is PromptADException known)
        {
            details.Extensions["problem"] = $"{known.Problem}";
            if (known.Details.Count > 0) details.Extensions["details"] = known.Details;
        }
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
        LostFileException lost => (StatusCodes.Status500InternalServerError, lost.Message),
        ServiceException refused => (refused.Status, refused.Message),
        PromptADException known => (StatusOf(known.Problem), known.Diagnostic.Describe(_ => null)),
        DbUpdateConcurrencyException => (
            StatusCodes.Status409Conflict, "Somebody else has changed it meanwhile; read it again, then change it."),
        BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? "The request is larger than this service takes (Service:MaxPictureMegabytes)."
            : bad.Message),
        _ => (StatusCodes.Status500InternalServerError, "An unexpected error; the service's log has it."),
    };

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

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected error in {Path}")]
    private partial void LogUnexpected(Exception exception, string path);
}
