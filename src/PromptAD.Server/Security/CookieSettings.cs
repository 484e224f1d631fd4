using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using PromptAD.Server.Storage;

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
        options.Events.OnRedirectToLogin = context => AccessAnswers.ChallengeAsync(context.HttpContext);
        options.Events.OnRedirectToAccessDenied = context => AccessAnswers.ForbidAsync(context.HttpContext);
        options.Events.OnValidatePrincipal = EndWhereChangedAsync;
    }

    /// <summary>A sign-in ends where the user's password or role has changed since, or the user may not sign in any more.</summary>
    private static async Task EndWhereChangedAsync(CookieValidatePrincipalContext context)
    {
        CancellationToken aborted = context.HttpContext.RequestAborted;
        var contexts = context.HttpContext.RequestServices.GetRequiredService<IDbContextFactory<ServiceContext>>();
        await using ServiceContext db = await contexts.CreateDbContextAsync(aborted);
        string name = context.Principal!.NameOf();
        UserRow? user = await db.Users.AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, aborted);
        if (user is null || user.Disabled || user.Stamp != context.Principal!.Stamp()) context.RejectPrincipal();
    }
}
