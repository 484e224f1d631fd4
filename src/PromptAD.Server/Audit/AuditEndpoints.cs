using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Audit;

/// <summary>Reads the audit trail; nothing changes it.</summary>
internal static class AuditEndpoints
{
    private const int LargestPage = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api").WithTags("Audit").RequireAuthorization(Policies.Administrator);
        group.MapGet("/audit", ListAsync).WithSummary("Changes, the latest first")
            .WithDescription("who is part of the actor, what is part of the action or of the subject, subject is the whole of it.");
        group.MapGet("/audit/check", CheckAsync).WithSummary("Verify the whole chain, and get the hash of its latest entry");
        group.MapGet("/audit.jsonl", ExportAsync).WithSummary("The whole trail, an entry a line, the earliest first")
            .Produces(StatusCodes.Status200OK, contentType: "application/x-ndjson");
    }

    [SuppressMessage("Performance", "CA1862", Justification = "It becomes SQL, which knows no StringComparison.")]
    private static async Task<Ok<Page<AuditEntry>>> ListAsync(
        IDbContextFactory<ServiceContext> contexts,
        CancellationToken cancellation,
        [FromQuery] long? before = null,
        [FromQuery] int limit = 50,
        [FromQuery] string? subject = null,
        [FromQuery] string? who = null,
        [FromQuery] string? what = null,
        [FromQuery] DateTimeOffset? from = null,
        [FromQuery] DateTimeOffset? to = null)
    {
        if (limit is < 1 or > LargestPage) throw ServiceException.Invalid($"limit is {limit}; it must be from 1 to {LargestPage}.");
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        IQueryable<AuditRow> chosen = db.Audit.AsNoTracking()
            .Where(row => (before == null || row.Number < before) && (subject == null || row.Subject == subject));
        if (who?.ToLowerInvariant() is { } name) chosen = chosen.Where(row => row.Actor.ToLower().Contains(name));
        if (what?.ToLowerInvariant() is { } word)
            chosen = chosen.Where(row => row.Action.ToLower().Contains(word) || row.Subject.ToLower().Contains(word));
        if (from?.UtcDateTime is { } earliest) chosen = chosen.Where(row => row.Time >= earliest);
        if (to?.UtcDateTime is { } latest) chosen = chosen.Where(row => row.Time < latest);
        List<AuditRow> rows = await chosen.OrderByDescending(row => row.Number).Take(limit + 1).ToListAsync(cancellation);
        long? next = rows.Count > limit ? rows[limit - 1].Number : null;
        return TypedResults.Ok(new Page<AuditEntry>([.. rows.Take(limit).Select(Describe)], next));
    }

    private static async Task<Ok<AuditCheck>> CheckAsync(IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        (long entries, string? problem) = await AuditChain.VerifyAsync(db, cancellation);
        AuditRow? last = await AuditChain.LastAsync(db, cancellation);
        return TypedResults.Ok(new AuditCheck(entries, last?.Hash ?? AuditChain.Start, problem));
    }

    private static async Task ExportAsync(HttpResponse response, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        response.ContentType = "application/x-ndjson";
        response.Headers.ContentDisposition = "attachment; filename=\"audit.jsonl\"";
        await using var writer = new StreamWriter(response.Body, leaveOpen: true) { NewLine = "\n" };
        await foreach (
            AuditRow row in db.Audit.AsNoTracking().OrderBy(row => row.Number).AsAsyncEnumerable().WithCancellation(cancellation))
            await writer.WriteLineAsync(JsonSerializer.Serialize(Describe(row), ServiceJson.Options).AsMemory(), cancellation);
    }

    /// <summary>What is told of an entry.</summary>
    public static AuditEntry Describe(AuditRow row) => new()
    {
        Number = row.Number,
        Time = row.Time,
        Actor = row.Actor,
        Action = row.Action,
        Subject = row.Subject,
        Before = row.Before,
        After = row.After,
        PreviousHash = row.PreviousHash,
        Hash = row.Hash,
    };
}
