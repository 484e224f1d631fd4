using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Audit;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Security;

/// <summary>The keys of stations and programs.</summary>
internal static class KeyEndpoints
{
    private const int MostDays = 3650;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/keys").WithTags("Keys").RequireAuthorization(Policies.Administrator);
        group.MapGet("/", ListAsync).WithSummary("All keys, without their secrets");
        group.MapPost("/", CreateAsync).WithSummary("Make a key for a station; its secret is told once")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapDelete("/{id}", RevokeAsync).WithSummary("Revoke a key; from the next request on it is refused")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<List<KeyInfo>>> ListAsync(IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        List<KeyRow> rows = await db.Keys.AsNoTracking().OrderBy(row => row.Created).ToListAsync(cancellation);
        return TypedResults.Ok(rows.ConvertAll(Describe));
    }

    private static async Task<Created<CreatedKey>> CreateAsync(
        NewKey wanted, HttpContext context, Changes changes, TimeProvider clock, CancellationToken cancellation)
    {
        if (wanted.Name is not { Length: > 0 and <= KeyRow.LongestName }
            || !wanted.Name.All(sign => char.IsAsciiLetterOrDigit(sign) || "-_.".Contains(sign)))
            throw ServiceException.Invalid($"A station's name has letters, digits and -_., at most {KeyRow.LongestName}.");
        if (wanted.Days is < 1 or > MostDays) throw ServiceException.Invalid($"days is {wanted.Days}; it must be from 1 to {MostDays}.");
        if (wanted.Role == Role.Administrator)
            throw ServiceException.Invalid("Administrators sign in; a key is for station, operator or engineer.");
        (string id, string secret) = StationKeys.New();
        KeyRow made = await changes.MakeAsync(
            context.User.Actor(),
            (db, notes) =>
            {
                DateTime now = clock.Now();
                var key = new KeyRow
                {
                    Id = id,
                    Name = wanted.Name,
                    Role = wanted.Role,
                    SecretHash = StationKeys.HashOf(secret),
                    Created = now,
                    CreatedBy = context.User.NameOf(),
                    Expires = wanted.Days is { } days ? now.AddDays(days) : null,
                };
                db.Keys.Add(key);
                notes.Add("key.created", $"key {id}", null, new { key.Name, key.Role, key.Expires });
                return Task.FromResult(key);
            },
            cancellation);
        return TypedResults.Created($"/api/keys/{id}", new CreatedKey(StationKeys.Text(id, secret), Describe(made)));
    }

    private static async Task<NoContent> RevokeAsync(
        string id, HttpContext context, Changes changes, TimeProvider clock, CancellationToken cancellation)
    {
        await changes.MakeAsync(
            context.User.Actor(),
            async (db, notes) =>
            {
                KeyRow key = await db.Keys.FirstOrDefaultAsync(row => row.Id == id, cancellation)
                    ?? throw ServiceException.Unknown("key", id);
                if (key.Revoked is not null) return;
                key.Revoked = clock.Now();
                notes.Add("key.revoked", $"key {id}", new { key.Name, key.Role }, null);
            },
            cancellation);
        return TypedResults.NoContent();
    }

    private static KeyInfo Describe(KeyRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Role = row.Role,
        Created = row.Created,
        Expires = row.Expires,
        Revoked = row.Revoked,
    };
}
