using System.Diagnostics;

namespace PromptAD.Benchmarks.Cluster;

/// <summary>A network namespace with one cable to this machine, which can be cut.</summary>
internal sealed class OwnNetwork : IDisposable
{
    /// <summary>This machine's end of the cable.</summary>
    public const string Host = "10.213.77.1";

    /// <summary>The other end.</summary>
    public const string Node = "10.213.77.2";

    private const string Near = "promptad-near", Far = "promptad-far";

    private readonly string name = $"promptad-{Environment.ProcessId}";

    public OwnNetwork()
    {
        Remove();
        Run($"ip netns add {name}");
        Run($"ip link add {Near} type veth peer name {Far} netns {name}");
        Run($"ip addr add {Host}/24 dev {Near}");
        Run($"ip link set {Near} up");
        Run($"ip -n {name} addr add {Node}/24 dev {Far}");
        Run($"ip -n {name} link set {Far} up");
        Run($"ip -n {name} link set lo up");
    }

    /// <summary>What a program in there is started by.</summary>
    public IReadOnlyList<string> Before => ["ip", "netns", "exec", name];

    /// <summary>Cuts the cable.</summary>
    public void Cut() => Run($"ip -n {name} link set {Far} down");

    /// <summary>Mends it.</summary>
    public void Mend() => Run($"ip -n {name} link set {Far} up");

    public void Dispose() => Remove();

    private void Remove()
    {
        Start($"ip netns del {name}");
        Start($"ip link del {Near}");
    }

    private static void Run(string command)
    {
        if (Start(command) is { Length: > 0 } trouble) throw new InvalidOperationException($"'{command}' fails: {trouble}");
    }

    private static string Start(string command)
    {
        string[] parts = command.Split(' ');
        using Process process = Process.Start(new ProcessStartInfo(parts[0], parts[1..]) { RedirectStandardError = true })!;
        string trouble = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : trouble.Trim();
    }
}
