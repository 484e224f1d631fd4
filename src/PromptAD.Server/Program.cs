using PromptAD;
using PromptAD.Server;
using PromptAD.Server.Commands;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;
using PromptAD.Server.Worker;

if (args is [WorkerJob.Command]) return await WorkerProgram.RunAsync(Console.In, Console.Out);
try
{
    if (ServiceCommand.Is(args)) return await ServiceCommand.RunAsync(args, Console.Out, CancellationToken.None);
    await using WebApplication app = ServerApplication.Build(args);
    await Start.PrepareAsync(app.Services, CancellationToken.None);
    await Start.RunAsync(app);
    await Start.TellAsync(app.Services, app.Urls, Console.Out);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is PromptADException or StoreAwayException)
{
    await Console.Error.WriteLineAsync($"error: {e.Message}");
    return 1;
}
