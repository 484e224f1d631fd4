using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Security;

/// <summary>Signing in and out, the first administrator, and users.</summary>
internal static class AccountEndpoints
{
    /// <summary>The rate limit of attempts to sign in.</summary>
    public const string LoginLimit = "login";

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder open = routes.MapGroup("").WithTags("Accounts").AllowAnonymous().RequireRateLimiting(LoginLimit);
        open.MapPost("/api/setup", SetupAsync)
            .WithSummary("Make the first administrator, with the token that the service prints at its start")
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict);
        open.MapPost("/api/sign-in", SignInAsync).WithSummary("Sign in; the answer sets a cookie")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status429TooManyRequests);

        RouteGroupBuilder own = routes.MapGroup("/api").WithTags("Accounts").RequireAuthorization(Policies.Station);
        own.MapGet("/account", (ClaimsPrincipal who) => TypedResults.Ok(new UserInfo(who.NameOf(), who.RoleOf() ?? Role.Station, false)))
            .WithSummary("Who is signed in");
        own.MapPost("/sign-out", SignOutAsync).WithSummary("Sign out");
        own.MapPost("/account/password", ChangePasswordAsync).WithSummary("Change one's own password; earlier sign-ins end")
            .RequireRateLimiting(LoginLimit).ProducesProblem(StatusCodes.Status403Forbidden);

        RouteGroupBuilder users = routes.MapGroup("/api/users").WithTags("Accounts").RequireAuthorization(Policies.Administrator);
        users.MapGet("/", ListAsync).WithSummary("All users");
        users.MapPost("/", AddAsync).WithSummary("Let somebody in").ProducesProblem(StatusCodes.Status409Conflict);
        users.MapPatch("/{name}", ChangeAsync).WithSummary("Change somebody's role or password, or whether they may sign in")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        users.MapDelete("/{name}", RemoveAsync).WithSummary("Remove somebody; what they have done stays in the audit trail")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Created<UserInfo>> SetupAsync(
        FirstAdministrator first, SetupToken setup, Users users, CancellationToken cancellation) =>
        TypedResults.Created("/api/account", await MakeFirstAsync(first, setup, users, cancellation));

    private static async Task<UserInfo> MakeFirstAsync(
        FirstAdministrator first, SetupToken setup, Users users, CancellationToken cancellation)
    {
        if (!setup.Fits(first.Token)) throw Unfit();
        return Describe(await users.AddAsync("setup", first.Name, first.Password, Role.Administrator, first: true, cancellation));
    }

    private static ServiceException Unfit() => new(
        StatusCodes.Status403Forbidden,
        "This is not the link of this start. Start the service again: it prints one while it has no administrator.");

    private static async Task<Results<Ok<UserInfo>, ProblemHttpResult>> SignInAsync(
        SignIn attempt, HttpContext context, Users users, CancellationToken cancellation)
    {
        string address = $"{context.Connection.RemoteIpAddress}";
        if (await users.SignInAsync(attempt.Name ?? "", attempt.Password ?? "", address, cancellation) is not { } user)
        {
            return TypedResults.Problem(
                "Name or password is wrong. After five wrong ones the user is locked for 15 minutes.",
                statusCode: StatusCodes.Status401Unauthorized);
        }
        await context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            new ClaimsPrincipal(Identity.Of(user, CookieAuthenticationDefaults.AuthenticationScheme)));
        return TypedResults.Ok(Describe(user));
    }

    private static async Task<NoContent> SignOutAsync(HttpContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePasswordAsync(
        PasswordChange change, HttpContext context, Users users, CancellationToken cancellation)
    {
        string name = context.User.NameOf(), address = $"{context.Connection.RemoteIpAddress}";
        if (context.User.Stamp() is null || await users.SignInAsync(name, change.Current ?? "", address, cancellation) is null)
            return TypedResults.Problem("The current password is wrong.", statusCode: StatusCodes.Status403Forbidden);
        await users.ChangeAsync(context.User.Actor(), name, change.Replacement ?? "", role: null, disabled: null, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<List<UserInfo>>> ListAsync(IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        List<UserRow> rows = await db.Users.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation);
        return TypedResults.Ok(rows.ConvertAll(Describe));
    }

    private static async Task<Created<UserInfo>> AddAsync(NewUser wanted, HttpContext context, Users users, CancellationToken cancellation)
    {
        UserRow made = await users.AddAsync(
            context.User.Actor(), wanted.Name, wanted.Password, wanted.Role, first: false, cancellation);
        return TypedResults.Created($"/api/users/{made.Name}", Describe(made));
    }

    private static async Task<Ok<UserInfo>> ChangeAsync(
        string name, UserChange change, HttpContext context, Users users, CancellationToken cancellation) =>
        TypedResults.Ok(Describe(await users.ChangeAsync(
            context.User.Actor(), name, change.Password, change.Role, change.Disabled, cancellation)));

    private static async Task<NoContent> RemoveAsync(string name, HttpContext context, Users users, CancellationToken cancellation)
    {
        await users.RemoveAsync(context.User.Actor(), name, cancellation);
        return TypedResults.NoContent();
    }

    private static UserInfo Describe(UserRow user) => new(user.Name, user.Role, user.Disabled) { LockedUntil = user.LockedUntil };
}
