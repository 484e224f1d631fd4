namespace PromptAD.Server.Operations;

/// <summary>Refusals that programs tell apart by <c>problem</c>, beside those of the library (<see cref="Problem"/>).</summary>
internal static class Problems
{
    public const string QueueFull = nameof(QueueFull), DiskFull = nameof(DiskFull), Overtaken = nameof(Overtaken),
        NotAPicture = nameof(NotAPicture), TooLarge = nameof(TooLarge), Unknown = nameof(Unknown), UnknownProduct = nameof(UnknownProduct),
        Taken = nameof(Taken);

    /// <summary>What kind of refusal an error is; null for none in particular.</summary>
    public static string? Of(Exception exception) => exception switch
    {
        _ when Storage.DiskSpace.IsFull(exception) => DiskFull,
        ServiceException refused => refused.Problem,
        PromptADException known => $"{known.Problem}",
        Microsoft.EntityFrameworkCore.DbUpdateConcurrencyException => Overtaken,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge,
        _ => null,
    };
}
