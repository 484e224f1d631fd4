using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using PromptAD.Server.Security;

namespace PromptAD.Server.PageHosting;

/// <summary>
/// Knows who asks through a page. That is told by an object of this process, which no request from outside can bring, and looked up again
/// each time: who was shut out meanwhile is out.
/// </summary>
internal sealed class PageAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, Users users)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string SchemeName = "Page";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.Features.Get<PageCaller>() is not { Who: { Identity.IsAuthenticated: true } who }) return AuthenticateResult.NoResult();
        return await users.IsCurrentAsync(who, Context.RequestAborted)
            ? AuthenticateResult.Success(new AuthenticationTicket(who, SchemeName))
            : AuthenticateResult.Fail("The sign-in has ended.");
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => AccessAnswers.ChallengeAsync(Context);

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AccessAnswers.ForbidAsync(Context);
}

/// <summary>Who asks through a page.</summary>
/// <param name="Who">As signed in when the page was opened.</param>
internal sealed record PageCaller(ClaimsPrincipal Who);
