using Microsoft.AspNetCore.Components.Authorization;

namespace PromptAD.Server.PageHosting;

/// <summary>
/// Sends what a page asks for to the service's own endpoints, without a network in between and with the rights of who is signed in. So
/// roles, checks, audit trail and errors are those of the interface, once.
/// </summary>
internal sealed class OwnRequests(OwnPipeline pipeline, IServiceScopeFactory scopes, AuthenticationStateProvider who) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AuthenticationState state = await who.GetAuthenticationStateAsync();
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var exchange = new OwnExchange(request, body, new PageCaller(state.User), scopes);
        // Nothing of the page flows along, above all not its culture: answers are the same in every language.
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(() => exchange.RunAsync(pipeline), CancellationToken.None);
        using CancellationTokenRegistration leave = cancellationToken.Register(exchange.Abort);
        return await exchange.Response.WaitAsync(cancellationToken);
    }
}
