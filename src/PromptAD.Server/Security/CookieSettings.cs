using Microsoft.AspNetCore.Authentication.Cookies;
using PromptAD.Server.PageHosting;

namespace PromptAD.Server.Security;

/// <summary>
/// How a sign-in is remembered: by a cookie that no script reads and no other site sends, until nothing happens for a while.
/// </summary>
internal static class CookieSettings
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    public static void Apply(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "promptad";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest; // plain HTTP is for localhost
        options.ExpireTimeSpan = Idle;
        options.SlidingExpiration = true;
        options.Events.OnRedirectToLogin = context =>
        {
            if (!PageHost.IsPage(context.HttpContext)) return AccessAnswers.ChallengeAsync(context.HttpContext);
            context.Response.Redirect(PageHost.SignInPath(context.Request));
            return Task.CompletedTask;
        };
        options.Events.OnRedirectToAccessDenied = context => AccessAnswers.ForbidAsync(context.HttpContext);
        options.Events.OnValidatePrincipal = EndWhereChangedAsync;
    }

    /// <summary>A sign-in ends where the user's password or role has changed since, or the user may not sign in any more.</summary>
    private static async Task EndWhereChangedAsync(CookieValidatePrincipalContext context)
    {
        Users users = context.HttpContext.RequestServices.GetRequiredService<Users>();
        if (!await users.IsCurrentAsync(context.Principal!, context.HttpContext.RequestAborted)) context.RejectPrincipal();
    }
}
