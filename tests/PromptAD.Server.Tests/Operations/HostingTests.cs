using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Server.Tests.Operations;

/// <summary>The service under systemd, as a program that is told where to report; and its being a Windows service, as far as it shows here.</summary>
public sealed class HostingTests(TinyBackbone backbone) : TemporaryFolder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Systemd_is_told_when_it_is_ready_and_when_it_stops()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's.");
        string address = InFolder("notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(address));
        // It knows that it is a unit's process by the name of its parent.
        string parent = InFolder("systemd");
        File.Copy("/bin/sh", parent);
        var start = new ProcessStartInfo(parent)
        {
            ArgumentList =
            {
                "-c", "\"$@\" & echo $!; wait $!", "sh", Path.Combine(AppContext.BaseDirectory, "PromptAD.Server"),
                "--urls=http://127.0.0.1:0", $"--data={InFolder("data")}", $"--store={backbone.Folder}",
            },
            Environment = { ["NOTIFY_SOCKET"] = address },
            RedirectStandardOutput = true,
        };
        using Process unit = Process.Start(start)!;
        string? number = await unit.StandardOutput.ReadLineAsync();
        using var service = Process.GetProcessById(int.Parse(number!, CultureInfo.InvariantCulture));
        _ = unit.StandardOutput.ReadToEndAsync();
        try
        {
            Assert.Contains("READY=1", await HearAsync(socket));
            using Process ending = Process.Start("/bin/kill", ["-TERM", number!]);
            Assert.Contains("STOPPING=1", await HearAsync(socket));
            await unit.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(0, unit.ExitCode);
        }
        finally
        {
            if (!service.HasExited) service.Kill();
        }
    }

    [Theory]
    [InlineData("UseSystemd")]
    [InlineData("UseWindowsService")]
    public void Both_kinds_of_hosting_are_asked_for(string method)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "PromptAD.Server.dll")));
        MetadataReader metadata = file.GetMetadataReader();
        Assert.Contains(method, metadata.MemberReferences.Select(one => metadata.GetString(metadata.GetMemberReference(one).Name)));
    }

    private static async Task<string> HearAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(Patience);
        byte[] buffer = new byte[4096];
        int length = await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, length));
    }
}
