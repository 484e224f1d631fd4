using System.Text.Json;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Worker;

/// <summary>
/// The program as a worker: it reads one job from its standard input, writes lines of JSON, and ends. Where its input closes, the service
/// has ended or wants it to stop: then it leaves nothing behind.
/// </summary>
internal static class WorkerProgram
{
    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        var gate = new Lock();
        void Write(WorkerLine line)
        {
            string text = JsonSerializer.Serialize(line, ServiceJson.Options);
            lock (gate)
            {
                output.WriteLine(text);
                output.Flush();
            }
        }
        using var stop = new CancellationTokenSource();
        try
        {
            string? first = await input.ReadLineAsync();
            WorkerJob job = JsonSerializer.Deserialize<WorkerJob>(first ?? "null", ServiceJson.Options)
                ?? throw new PromptADException(
                    Problem.InvalidArgument, "A worker is started by the service, with a job on its standard input.");
            _ = Task.Run(async () =>
            {
                while (await input.ReadLineAsync() is not null)
                {
                }
                await stop.CancelAsync();
            });
            await Task.Run(() => new DetectorWork(job, Write).Do(stop.Token));
            Write(new WorkerLine { Done = true });
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (PromptADException e)
        {
            Write(new WorkerLine { Error = e.Diagnostic.Describe(_ => null) });
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException or JsonException)
        {
            Write(new WorkerLine { Error = $"{e.Message.ReplaceLineEndings(" ")} Check free memory, free disk space and rights." });
            return 1;
        }
    }
}
