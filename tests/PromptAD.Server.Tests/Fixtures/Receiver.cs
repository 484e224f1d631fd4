using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>A receiver of webhooks on the loopback address.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private WebApplication? app;
    private int failures;

    /// <summary>What it says to one inspection; null where it takes it.</summary>
    public Func<string, HttpStatusCode?> Answer { get; set; } = _ => null;


    public ConcurrentQueue<(IHeaderDictionary Headers, byte[] Body)> Taken { get; } = [];

    public Uri Address => new(app!.Urls.Single());

    public static async Task<Receiver> StartAsync(int failures = 0, bool hangs = false)
    {
        var receiver = new Receiver { failures = failures };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        receiver.app = builder.Build();
        receiver.app.Run(async context =>
        {
            if (hangs) await Task.Delay(Timeout.Infinite, receiver.ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            if (Interlocked.Decrement(ref receiver.failures) >= 0) context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            else if (receiver.Answer(context.Request.Headers["webhook-id"].ToString()) is { } other) context.Response.StatusCode = (int)other;
            else receiver.Taken.Enqueue((new HeaderDictionary(context.Request.Headers.ToDictionary()), body.ToArray()));
        });
        await receiver.app.StartAsync();
        return receiver;
    }

    public void Recover() => failures = 0;

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await app!.DisposeAsync();
        ending.Dispose();
    }
}
