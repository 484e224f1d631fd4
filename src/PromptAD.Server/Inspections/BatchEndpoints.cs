using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Judging;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Inspections;

/// <summary>
/// Several pictures in one request. They are read, kept and judged as they come, a few at once; further ones wait in the sender's
/// connection, so that a batch takes neither much memory nor all places of the queue.
/// </summary>
[SuppressMessage("Reliability", "CA1031", Justification = "A picture that fails does not fail the others.")]
internal static class BatchEndpoints
{
    private const int LongestKey = InspectionRow.LongestKey - 10; // the position follows

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/api/products/{product}/inspections/batch", InspectAsync).WithTags("Inspections").RequireAuthorization(Policies.Station)
        .WithSummary("Judge several pictures")
        .WithDescription(
            "Send a form with a file for each picture. The answer has a result for each, in their order, with a status of its own: a "
            + "picture that cannot be judged does not fail the others. A part is called as the field 'part' before its picture says, else "
            + "as its file without its ending. Each picture's key is the Idempotency-Key of the request, '/' and its position, or its own "
            + "header: sent again, nothing is inspected twice. A queue that is full at the first picture answers 429, and nothing was "
            + "kept.")
        .TakesBytes("multipart/form-data")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<Ok<List<BatchResult>>> InspectAsync(
        string product,
        HttpRequest request,
        PictureIntake intake,
        Inspector inspector,
        DetectorCatalog catalog,
        IDbContextFactory<ServiceContext> contexts,
        ServiceOptions options,
        ILogger<ErrorAnswers> log,
        CancellationToken cancellation,
        [FromQuery] bool wait = true,
        [FromHeader(Name = "Idempotency-Key")] string? key = null)
    {
        if (key?.Length > LongestKey)
        {
            throw ServiceException.Invalid(
                $"The Idempotency-Key has {key.Length} characters; at most {LongestKey} are taken for several pictures.");
        }
        await catalog.ActiveAsync(product, cancellation); // what cannot be judged at all is told before anything is kept
        int atOnce = Math.Max(1, Math.Min(options.Judges + 1, options.QueueLength / 2));
        List<Task<BatchResult>> results = [];
        List<Task> judging = []; // also where nobody waits for the verdicts
        await using IAsyncEnumerator<PicturePart> parts =
            MultipartPictures.ReadAsync(request, options, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            try
            {
                if (!await parts.MoveNextAsync()) break;
            }
            catch (Exception e) when (results.Count > 0 && e is BadHttpRequestException or ServiceException)
            {
                // What came before is kept, and told.
                results.Add(Task.FromResult(Refused(results.Count + 1, null, e, log)));
                break;
            }
            PicturePart part = parts.Current;
            if (part.Position > options.MaxBatchPictures)
            {
                ServiceException tooMany = new(
                    StatusCodes.Status413PayloadTooLarge,
                    $"One request takes at most {options.MaxBatchPictures} pictures; this one and those behind it were not kept.");
                results.Add(Task.FromResult(Refused(part.Position, part.Part, tooMany, log)));
                break;
            }
            if (judging.Count >= atOnce) await judging[^atOnce];
            results.Add(await TakeAsync(part));
        }
        if (results.Count == 0) throw ServiceException.Invalid("The form has no pictures; send a file for each, as curl -F does.");
        return TypedResults.Ok((await Task.WhenAll(results)).ToList());

        // Kept when this returns, judged when the task in it is done.
        async Task<Task<BatchResult>> TakeAsync(PicturePart part)
        {
            string? name = part.Part ?? NameOf(part.File), own = part.Key ?? (string.IsNullOrEmpty(key) ? null : $"{key}/{part.Position}");
            try
            {
                var arrival = new PictureArrival(
                    product, request.HttpContext.User.NameOf(), PictureMedia.Parse(part.ContentType), name, own, Wait: false,
                    IsPatient: part.Position > 1);
                InspectionRow row = await intake.TakeAsync(arrival, token => RequestBody.ReadAsync(part, options, token), cancellation);
                Task<BatchResult> told = wait ? JudgedAsync(part.Position, row.Id) : Task.FromResult(Told(part.Position, row));
                judging.Add(inspector.FinishedAsync(row.Id));
                return told;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && !(part.Position == 1 && IsFull(e)))
            {
                return Task.FromResult(Refused(part.Position, name, e, log));
            }
        }

        async Task<BatchResult> JudgedAsync(int position, long id)
        {
            await inspector.FinishedAsync(id);
            try
            {
                // What is answered is what is on the disk.
                return Told(position, await InspectionEndpoints.FindAsync(id, contexts, CancellationToken.None));
            }
            catch (Exception e)
            {
                return Refused(position, null, e, log) with { Detail = $"Inspection {id} is kept: {ErrorAnswers.Read(e).Detail}" };
            }
        }
    }

    private static bool IsFull(Exception error) => error is ServiceException { Status: StatusCodes.Status429TooManyRequests };

    private static BatchResult Told(int position, InspectionRow row) => new()
    {
        Position = position,
        Part = row.Part,
        Status = InspectionEndpoints.StatusOf(row),
        Detail = row.Error,
        Inspection = Finding.Read(row),
    };

    private static BatchResult Refused(int position, string? part, Exception error, ILogger log)
    {
        (int status, string detail) = ErrorAnswers.Read(error, log, "a batch");
        return new BatchResult { Position = position, Part = part, Status = status, Detail = detail };
    }

    private static string? NameOf(string? file)
    {
        string? name = Path.GetFileNameWithoutExtension(file);
        return string.IsNullOrEmpty(name) ? null : name[..Math.Min(name.Length, InspectionRow.LongestPart)];
    }
}
