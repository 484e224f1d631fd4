using Microsoft.AspNetCore.Mvc;

namespace PromptAD.Server.Security;

/// <summary>What is answered to who may not do what was asked for.</summary>
internal static class AccessAnswers
{
    /// <summary>Nobody is signed in.</summary>
    public static Task ChallengeAsync(HttpContext context) =>
        RefuseAsync(context, StatusCodes.Status401Unauthorized, "Sign in, or send a key as 'Authorization: Bearer'.");

    /// <summary>Who is signed in may not do this.</summary>
    public static Task ForbidAsync(HttpContext context) => RefuseAsync(
        context, StatusCodes.Status403Forbidden, $"{context.User.Actor()} may not do this; its role is {context.User.RoleOf()}.");

    /// <summary>Answers with problem details.</summary>
    public static async Task RefuseAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        });
    }
}
