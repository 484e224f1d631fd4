using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PromptAD.Server.Cluster;

/// <summary>Several computers as one service, in section <c>Service:Cluster</c>.</summary>
internal sealed class ClusterOptions
{
    private const int LongestName = 40;

    /// <summary>
    /// Whether this process is a node of a cluster. It needs PostgreSQL, and a data folder or a bucket that all nodes share.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>The cluster's name; the same for all nodes.</summary>
    public string Name { get; set; } = "promptad";

    /// <summary>The address that other nodes reach this one by; null for the first of the machine's own.</summary>
    public string? Address { get; set; }

    /// <summary>The port that nodes speak to each other by.</summary>
    public int Port { get; set; } = 11111;

    /// <summary>What this node is called; null for the machine's name and the port.</summary>
    public string? Node { get; set; }

    /// <summary>What this node is called.</summary>
    public string NodeName => string.IsNullOrWhiteSpace(Node) ? $"{Environment.MachineName}-{Port}" : Node;

    /// <summary>Whether a node can be as it is set up.</summary>
    /// <param name="database">The connection string of the database; null for SQLite.</param>
    /// <exception cref="PromptADException">It cannot.</exception>
    public void Check(string? database)
    {
        if (!Enabled) return;
        if (database is null)
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                "A cluster needs PostgreSQL; name it with --database \"Host=db;Database=promptad;Username=promptad\".");
        }
        if (Name.Length is 0 or > LongestName || !Name.All(IsPlain))
            throw Wrong(nameof(Name), Name, "letters, digits, - and _, at most 40");
        if (NodeName.Length > LongestName || !NodeName.All(sign => IsPlain(sign) || sign == '.'))
            throw Wrong(nameof(Node), NodeName, "letters, digits, -, _ and ., at most 40");
        if (Port is < 1 or > ushort.MaxValue) throw Wrong(nameof(Port), Port.ToString(CultureInfo.InvariantCulture), "1 to 65535");
        _ = FindAddress();
    }

    /// <summary>The address that other nodes reach this one by.</summary>
    /// <exception cref="PromptADException">What is set is no address, or the machine has none.</exception>
    public IPAddress FindAddress()
    {
        if (Address is not null)
        {
            return IPAddress.TryParse(Address, out IPAddress? given)
                ? given
                : throw Wrong(nameof(Address), Address, "an IP address of this machine, such as 10.0.0.5");
        }
        try
        {
            return Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork)
                .OrderBy(IPAddress.IsLoopback).FirstOrDefault() ?? IPAddress.Loopback;
        }
        catch (SocketException e)
        {
            throw new PromptADException(
                Problem.Environment, "The machine does not know its own address; set Service:Cluster:Address.", e);
        }
    }

    private static bool IsPlain(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_';

    private static PromptADException Wrong(string what, string given, string allowed) =>
        new(Problem.InvalidArgument, $"Service:Cluster:{what} is '{given}'; it must be {allowed}.");
}
