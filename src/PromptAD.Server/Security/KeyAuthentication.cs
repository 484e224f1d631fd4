using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Security;

/// <summary>Knows a station or a program by the key in <c>Authorization: Bearer</c>.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    IDbContextFactory<ServiceContext> contexts,
    TimeProvider clock) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string SchemeName = "Key", Start = "Bearer ";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Start, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        if (StationKeys.Read(header[Start.Length..].Trim()) is not var (id, secret)) return AuthenticateResult.Fail("This is no key.");
        await using ServiceContext db = await contexts.CreateDbContextAsync(Context.RequestAborted);
        KeyRow? key = await db.Keys.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, Context.RequestAborted);
        if (key is null || !StationKeys.Fits(secret, key.SecretHash)) return AuthenticateResult.Fail("The key is not known.");
        if (key.Revoked is not null) return AuthenticateResult.Fail("The key was revoked; ask for another one.");
        if (key.Expires <= clock.Now()) return AuthenticateResult.Fail("The key has expired; ask for another one.");
        var who = new ClaimsPrincipal(Identity.Of(key, SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(who, SchemeName));
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        AuthenticateResult result = await HandleAuthenticateOnceSafeAsync();
        Response.Headers.WWWAuthenticate = "Bearer";
        await AccessAnswers.RefuseAsync(
            Context, StatusCodes.Status401Unauthorized, result.Failure?.Message ?? "Sign in, or send a key as 'Authorization: Bearer'.");
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AccessAnswers.ForbidAsync(Context);
}
