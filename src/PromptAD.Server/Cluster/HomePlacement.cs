using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace PromptAD.Server.Cluster;

/// <summary>Puts a product on the node that comes first for it, where its pictures are judged, too.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class HomePlacement : PlacementStrategy;

/// <inheritdoc cref="HomePlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class HomePlacementAttribute() : PlacementAttribute(new HomePlacement());

/// <inheritdoc cref="HomePlacement"/>
internal sealed class HomePlacementDirector(Nodes nodes) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] possible = context.GetCompatibleSilos(target);
        SiloAddress? first = nodes.RankedFor(target.GrainIdentity.Key.ToString()!).Find(one => possible.Contains(one));
        return Task.FromResult(first ?? possible[0]);
    }
}
