namespace PromptAD.Server.Security;

/// <summary>
/// Refuses what a page of another site makes a browser send. Browsers say where a request comes from (<c>Sec-Fetch-Site</c>,
/// <c>Origin</c>); other programs say nothing, and no site can make them send anything. Beside it the cookie of a sign-in is
/// <c>SameSite=Strict</c>.
/// </summary>
internal static class SameOrigin
{
    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (Changes(context.Request.Method) && !IsOwn(context.Request))
        {
            await AccessAnswers.RefuseAsync(context, StatusCodes.Status403Forbidden, "The request comes from a page of another site.");
            return;
        }
        await next(context);
    }

    private static bool Changes(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static bool IsOwn(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) return site is "same-origin" or "none";
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && HostString.FromUriComponent(from) == request.Host);
    }
}
