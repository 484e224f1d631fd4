using PromptAD.Client;

namespace PromptAD.Server.Cluster;

/// <summary>
/// What came of a product's pictures in the cluster. It is kept now and then: what a node that is killed counted last is missing.
/// </summary>
internal sealed class ProductLog
{
    private const int EventsKept = 50;

    public long Ok { get; set; }

    public long Review { get; set; }

    public long Defective { get; set; }

    public long Undecided { get; set; }

    public long Failed { get; set; }

    /// <summary>Pictures by the nodes that have judged them.</summary>
    public Dictionary<string, long> JudgedBy { get; set; } = [];

    /// <summary>What has happened, the latest last.</summary>
    public List<ClusterEvent> Events { get; set; } = [];

    /// <summary>A picture was judged.</summary>
    public void Count(InspectionVerdict? verdict)
    {
        switch (verdict)
        {
            case null:
                Undecided++;
                break;
            case InspectionVerdict.OK:
                Ok++;
                break;
            case InspectionVerdict.NG:
                Defective++;
                break;
            default:
                Review++;
                break;
        }
    }

    /// <summary>Something has happened.</summary>
    public void Note(DateTime time, string line)
    {
        Events.Add(new ClusterEvent(time, line));
        if (Events.Count > EventsKept) Events.RemoveAt(0);
    }
}
