using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Reflection;

namespace PromptAD.Benchmarks.Server;

/// <summary>The built service as a process of its own.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const string TokenMark = "/setup?token=";
    private const int LinesKept = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), BetweenLooks = TimeSpan.FromMilliseconds(10);

    private static readonly Lazy<string> published = new(Publish);

    private readonly Process process;
    private readonly ConcurrentQueue<string> said = new();

    private ServiceProcess(Process process) => this.process = process;

    /// <summary>The service's program, published as a plant installs it: compiled ahead, so that it starts sooner than when it is built.</summary>
    public static string Program => published.Value;

    /// <summary>The same service with detectors that take a fixed time and no processor.</summary>
    public static string StandIn => Path.Combine(Noted("StandInFolder"), OperatingSystem.IsWindows() ? "StandInNode.exe" : "StandInNode");

    /// <summary>From the start of the process to its being ready.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>The one-time token for the first administrator; null where there is one already.</summary>
    public string? SetupToken { get; private set; }

    public int Id => process.Id;

    /// <summary>The memory that is resident now, in MB.</summary>
    public double ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>The files and sockets that it has open now; 0 where the system does not tell.</summary>
    public int Handles
    {
        get
        {
            string folder = $"/proc/{process.Id}/fd";
            return Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Count() : 0;
        }
    }

    /// <summary>The threads that it has now.</summary>
    public int Threads
    {
        get
        {
            process.Refresh();
            return process.Threads.Count;
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="address">Where it will listen.</param>
    public static async Task<ServiceProcess> StartAsync(IReadOnlyList<string> command, Uri address)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        var watch = Stopwatch.StartNew();
        var service = new ServiceProcess(Process.Start(start)!);
        AppDomain.CurrentDomain.ProcessExit += service.End; // it does not outlive this process
        service.Listen();
        using var http = new HttpClient { BaseAddress = address };
        while (!await IsReadyAsync(http))
        {
            if (service.process.HasExited || watch.Elapsed > Patience)
            {
                await service.DisposeAsync();
                throw new InvalidOperationException($"The service does not become ready. It said:\n{service.Said}");
            }
            await Task.Delay(BetweenLooks);
        }
        service.StartTime = watch.Elapsed;
        return service;
    }

    /// <summary>What it has printed, the last lines.</summary>
    public string Said => string.Join('\n', said);

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Ends it at once, as kill -9 does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private static string Publish()
    {
        string folder = Path.Combine(Noted("ServiceFolder"), "published");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments = ["publish", Noted("ServiceProject"), "-c", "Release", "--no-build", "-v", "quiet", "-o", folder];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process publishing = Process.Start(start)!;
        string said = publishing.StandardOutput.ReadToEnd();
        publishing.WaitForExit();
        if (publishing.ExitCode != 0) throw new InvalidOperationException($"The service cannot be published:\n{said}");
        return Path.Combine(folder, OperatingSystem.IsWindows() ? "PromptAD.Server.exe" : "PromptAD.Server");
    }

    /// <summary>What the build has noted.</summary>
    private static string Noted(string name) =>
        typeof(ServiceProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == name).Value!;

    private void End(object? sender, EventArgs e) => process.Kill();

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
        }
    }

    private void Listen()
    {
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        int mark = line.IndexOf(TokenMark, StringComparison.Ordinal);
        if (mark >= 0) SetupToken = line[(mark + TokenMark.Length)..].Trim();
        said.Enqueue(line);
        while (said.Count > LinesKept) said.TryDequeue(out _);
    }
}
