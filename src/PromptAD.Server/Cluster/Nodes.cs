using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using PromptAD.Server.Judging;

namespace PromptAD.Server.Cluster;

/// <summary>The nodes that are there, how busy each is, and which of them comes first for what.</summary>
internal sealed class Nodes(IClusterMembershipService membership, ILocalSiloDetails local, Judge judge)
{
    private readonly ConcurrentDictionary<SiloAddress, NodeLoad> loads = [];

    /// <summary>This node.</summary>
    public SiloAddress Own => local.SiloAddress;

    /// <summary>Whether this node is to get no more work.</summary>
    public bool IsDraining { get; set; }

    /// <summary>How busy this node is.</summary>
    /// <param name="oldestUntold">The oldest inspection of which listeners were not told; null for none.</param>
    public NodeLoad OwnLoad(long? oldestUntold = null) => new(judge.Judging, judge.AtOnce, IsDraining, oldestUntold);

    /// <summary>All nodes that work, this one too.</summary>
    public List<SiloAddress> Active() =>
    [
        .. membership.CurrentSnapshot.Members.Values.Where(one => one.Status == SiloStatus.Active).Select(one => one.SiloAddress),
    ];

    /// <summary>All nodes that are known, with their names and what they do.</summary>
    public IEnumerable<ClusterMember> All() => membership.CurrentSnapshot.Members.Values;

    /// <summary>All other nodes that work.</summary>
    public List<SiloAddress> Others() => [.. Active().Where(one => !one.Equals(Own))];

    /// <summary>A node has told how busy it is.</summary>
    public void Hear(SiloAddress node, NodeLoad load)
    {
        if (Active().Contains(node)) loads[node] = load;
    }

    /// <summary>How busy a node was when it told last; null where it has told nothing.</summary>
    public NodeLoad? LoadOf(SiloAddress node) => node.Equals(Own) ? OwnLoad() : loads.GetValueOrDefault(node);

    /// <summary>What a node is called.</summary>
    public string NameOf(SiloAddress node) =>
        membership.CurrentSnapshot.Members.TryGetValue(node, out ClusterMember? member) ? member.Name : $"{node.Endpoint}";

    /// <summary>Forgets nodes that are gone.</summary>
    public void ForgetGone()
    {
        HashSet<SiloAddress> active = [.. Active()];
        foreach (SiloAddress gone in loads.Keys.Where(one => !active.Contains(one))) loads.TryRemove(gone, out _);
    }

    /// <summary>The oldest inspection of which the listeners of other nodes were not told; null for none.</summary>
    public long? OldestUntold() => loads.Values.Min(one => one.OldestUntold);

    /// <summary>
    /// The nodes that work, those first that come first for a name. A node that comes or goes changes the order for few names (highest
    /// random weight), so that detectors stay where they are. Those that drain are left out, unless all do.
    /// </summary>
    public List<SiloAddress> RankedFor(string name)
    {
        List<SiloAddress> all = [.. Active().OrderByDescending(one => Weight(name, one))];
        List<SiloAddress> ready = all.FindAll(one => LoadOf(one) is not { IsDraining: true });
        return ready.Count > 0 ? ready : all;
    }

    /// <summary>The node that comes first for a name.</summary>
    public SiloAddress? FirstFor(string name) => RankedFor(name).FirstOrDefault();

    private static ulong Weight(string name, SiloAddress node) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{name}|{node.ToParsableString()}"));
}

/// <summary>How busy a node is.</summary>
/// <param name="Pictures">Pictures that it judges or that wait for it.</param>
/// <param name="AtOnce">Pictures that it judges at once.</param>
/// <param name="IsDraining">Whether it is to get no more work.</param>
/// <param name="OldestUntold">The oldest inspection of which listeners were not told; null for none.</param>
internal sealed record NodeLoad(int Pictures, int AtOnce, bool IsDraining, long? OldestUntold);
