namespace PromptAD.Client;

/// <summary>The nodes of a cluster.</summary>
public sealed record ClusterInfo
{
    /// <summary>The cluster's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its nodes, by name.</summary>
    public IReadOnlyList<NodeInfo> Nodes { get; init; } = [];
}

/// <summary>A node of a cluster.</summary>
public sealed record NodeInfo
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where other nodes reach it.</summary>
    public string Address { get; init; } = "";

    /// <summary>The version of its program as it told last; empty where it has not yet.</summary>
    public string Version { get; init; } = "";

    /// <summary>What it does: Joining, Active, ShuttingDown, Stopping.</summary>
    public string State { get; init; } = "";

    /// <summary>Whether it gets no more work.</summary>
    public bool Drained { get; init; }

    /// <summary>Pictures that it judges or that wait for it.</summary>
    public int Pictures { get; init; }

    /// <summary>Pictures that it judges at once.</summary>
    public int AtOnce { get; init; }

    /// <summary>What it alone does for all: sources, sinks, jobs, retention.</summary>
    public IReadOnlyList<string> Does { get; init; } = [];
}

/// <summary>Whether a node gets no more work.</summary>
/// <param name="Drained">True to give it none, false to give it some again.</param>
public sealed record NodeDrain(bool Drained);

/// <summary>A product in a cluster.</summary>
public sealed record ProductInCluster
{
    /// <summary>Its id.</summary>
    public string Product { get; init; } = "";

    /// <summary>The version in force; null for none.</summary>
    public int? Version { get; init; }

    /// <summary>Its limits; null where it has none.</summary>
    public LimitScores? Limits { get; init; }

    /// <summary>The node that decides where its pictures are judged.</summary>
    public string Home { get; init; } = "";

    /// <summary>Pictures by the nodes that have judged them, since the cluster began.</summary>
    public IReadOnlyDictionary<string, long> JudgedBy { get; init; } = new Dictionary<string, long>();

    /// <summary>What was said of them since then; those under way are in <see cref="InspectionCounts.Queued"/>.</summary>
    public InspectionCounts Counts { get; init; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>What has happened, the latest first.</summary>
    public IReadOnlyList<ClusterEvent> Events { get; init; } = [];
}

/// <summary>Something that has happened.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Text">One line.</param>
public sealed record ClusterEvent(DateTime Time, string Text);
