using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using PromptAD.Client;
using PromptAD.Server.Commands;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Operations;

/// <summary>The service as a process that is killed under load, over and over. PROMPTAD_KILLS sets how often; a few times by default.</summary>
public sealed class KillTests(TinyBackbone backbone, ITestOutputHelper output) : TemporaryFolder
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("PROMPTAD_KILLS") ?? "3", CultureInfo.InvariantCulture);

    [Fact]
    public async Task What_was_acknowledged_survives_kills_and_nothing_is_there_twice()
    {
        string key = await PrepareAsync();
        var acknowledged = new ConcurrentDictionary<string, long>(); // by idempotency key
        var random = new Random(1);
        TimeSpan longestStart = TimeSpan.Zero;
        for (int kill = 0; kill < Kills; kill++)
        {
            var watch = Stopwatch.StartNew();
            (Process process, Uri address) = await LaunchAsync();
            longestStart = watch.Elapsed > longestStart ? watch.Elapsed : longestStart;
            using Process launched = process;
            using var stop = new CancellationTokenSource();
            Task[] senders = [.. Enumerable.Range(0, 4).Select(sender => SendAsync(address, key, $"{kill}-{sender}", acknowledged, stop.Token))];
            try
            {
                int before = acknowledged.Count;
                while (acknowledged.Count < before + 3 && !process.HasExited) await Task.Delay(10); // under way
                await Task.Delay(random.Next(300));
            }
            finally
            {
                process.Kill();
            }
            await process.WaitForExitAsync();
            await stop.CancelAsync();
            await Task.WhenAll(senders);
        }
        output.WriteLine($"{Kills} kills, {acknowledged.Count} acknowledged, longest start {longestStart.TotalSeconds:F1} s");

        var said = new StringWriter();
        Assert.True(await ServiceCommand.RunAsync(["check", "--data", Folder], said, CancellationToken.None) == 0, said.ToString());
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        foreach ((string sent, long id) in acknowledged)
        {
            InspectionResult result = await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{id}");
            Assert.Equal(sent, result.Part);
        }
        // The same key once more gives the same inspection.
        using var client = new InspectionClient(service.Address, key);
        foreach ((string sent, long id) in acknowledged.Take(20))
        {
            Assert.Equal(id, (await client.InspectAsync("plate", TestPictures.Good(Seed(sent)), new InspectionOptions { IdempotencyKey = sent })).Id);
        }
    }

    private static async Task SendAsync(
        Uri address, string key, string name, ConcurrentDictionary<string, long> acknowledged, CancellationToken stop)
    {
        using var client = new InspectionClient(address, key, new InspectionClientOptions { Patience = TimeSpan.Zero });
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            string sent = $"{name}-{i}";
            try
            {
                var options = new InspectionOptions { IdempotencyKey = sent, Part = sent, Wait = i % 2 == 0 };
                acknowledged[sent] = (await client.InspectAsync("plate", TestPictures.Good(Seed(sent)), options, stop)).Id;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                return; // killed
            }
            catch (InspectionServiceException e) when ((int)e.Status == (int)HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(10, CancellationToken.None);
            }
        }
    }

    private static int Seed(string name) => name.Aggregate(17, (sum, sign) => (sum * 31) + sign);

    private async Task<string> PrepareAsync()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        return (await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-1"))).Key;
    }

    private async Task<(Process Process, Uri Address)> LaunchAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "PromptAD.Server"))
        {
            ArgumentList =
            {
                "--urls=http://127.0.0.1:0", $"--data={Folder}", $"--store={backbone.Folder}", "--Service:ReserveMegabytes=0",
                "--Service:RequestsPerSecond=100000",
            },
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            const string Mark = "PromptAD service: ";
            if (!line.StartsWith(Mark, StringComparison.Ordinal)) continue;
            return (process, new Uri(new Uri(line[Mark.Length..].Split(' ')[0]), "/"));
        }
        throw new InvalidOperationException("The service does not start.");
    }
}
