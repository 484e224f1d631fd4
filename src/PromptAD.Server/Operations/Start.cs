using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using PromptAD.Server.Cluster;
using PromptAD.Server.Security;
using PromptAD.Server.Sinks;
using PromptAD.Server.Sources;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Operations;

/// <summary>What has to be right before the service takes requests: folders, tables, and somebody who may sign in.</summary>
internal static class Start
{
    /// <summary>Prepares data folder and database.</summary>
    /// <exception cref="PromptADException">The folder cannot be written, or the database cannot be used.</exception>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellation)
    {
        // What does not belong here says so before anything is changed.
        ServiceOptions options = services.GetRequiredService<ServiceOptions>();
        ClusterJoin join = services.GetRequiredService<ClusterJoin>();
        FileStore files = services.GetRequiredService<FileStore>();
        files.Check();
        if (options.Cluster.Enabled) await join.CheckAsync(cancellation);
        else await join.CheckAloneAsync(cancellation);
        // What is set up wrongly is told before anything starts.
        services.GetRequiredService<SourceRunner>();
        services.GetRequiredService<SinkRunner>();
        await using ServiceContext db = await services.GetRequiredService<IDbContextFactory<ServiceContext>>()
            .CreateDbContextAsync(cancellation);
        await DatabaseSetup.MigrateAsync(db, cancellation);
        if (options.Cluster.Enabled) await join.JoinAsync(cancellation);
        else await join.MarkAloneAsync(cancellation);
        files.SweepUp(isShared: options.Cluster.Enabled);
        // Before anything is judged, so that no result is passed over.
        await services.GetRequiredService<SinkSetup>().LoadAsync(cancellation);
        await services.GetRequiredService<SourceSetup>().LoadAsync(cancellation);
    }

    /// <summary>Starts taking requests.</summary>
    /// <exception cref="PromptADException">It cannot listen, or the nodes of the cluster do not reach each other.</exception>
    public static async Task RunAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or OrleansException)
        {
            await app.StopAsync(); // a node that has joined leaves again
            throw new PromptADException(
                Problem.Environment,
                e is OrleansException
                    ? $"The nodes of the cluster do not reach each other by their node ports: {e.Message.ReplaceLineEndings(" ")}"
                    : $"The service cannot listen: {e.Message} Name another address with --urls.",
                e);
        }
    }

    /// <summary>Prints the one-time link where there is no administrator yet. It goes to the console, not to the log.</summary>
    public static async Task TellAsync(IServiceProvider services, IEnumerable<string> addresses, TextWriter console)
    {
        string address = addresses.FirstOrDefault() ?? "";
        await console.WriteLineAsync($"PromptAD service: {address} is its page, {address}/docs describes its interface.");
        if (await services.GetRequiredService<Users>().AnyAsync(CancellationToken.None)) return;
        await console.WriteLineAsync(
            $"There is no administrator yet. This link makes one, once: {address}/setup?token="
            + services.GetRequiredService<SetupToken>().Text);
    }
}
