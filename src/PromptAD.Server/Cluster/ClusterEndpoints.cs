using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Products;
using PromptAD.Server.Security;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Cluster;

/// <summary>What administrators see of the cluster, and how they take a node out of it.</summary>
internal static class ClusterEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/cluster").WithTags("Service").RequireAuthorization(Policies.Administrator);
        group.MapGet("/", NodesAsync).WithSummary("The nodes of the cluster, how busy they are, and what each does for all")
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/products/{product}", ProductAsync).WithSummary("Which nodes judge the pictures of a product, and what came of it")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPut("/nodes/{node}/drained", DrainAsync)
            .WithSummary("Give a node no more work, before it is ended or upgraded, or give it some again")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<ClusterInfo>> NodesAsync(
        ServiceOptions options, IServiceProvider services, CancellationToken cancellation)
    {
        Nodes nodes = Demand(services);
        Dictionary<string, string> leases = await services.GetRequiredService<ClusterLeases>().AllAsync(cancellation);
        Dictionary<string, string> versions = await services.GetRequiredService<ClusterLeases>().VersionsAsync(cancellation);
        return TypedResults.Ok(new ClusterInfo
        {
            Name = options.Cluster.Name,
            Nodes =
            [
                .. nodes.All().Where(one => one.Status != SiloStatus.Dead).OrderBy(one => one.Name, StringComparer.Ordinal).Select(one =>
                {
                    NodeLoad? load = nodes.LoadOf(one.SiloAddress);
                    return new NodeInfo
                    {
                        Name = one.Name,
                        Address = $"{one.SiloAddress.Endpoint}",
                        Version = versions.GetValueOrDefault(one.Name, ""),
                        State = $"{one.Status}",
                        Drained = load?.IsDraining ?? false,
                        Pictures = load?.Pictures ?? 0,
                        AtOnce = load?.AtOnce ?? 0,
                        Does = [.. leases.Where(lease => lease.Value == one.Name).Select(lease => lease.Key).Order(StringComparer.Ordinal)],
                    };
                }),
            ],
        });
    }

    private static async Task<Ok<ProductInCluster>> ProductAsync(
        string product, IServiceProvider services, IDbContextFactory<ServiceContext> contexts, CancellationToken cancellation)
    {
        Demand(services);
        await using ServiceContext db = await contexts.CreateDbContextAsync(cancellation);
        ProductRow row = await db.Products.AsNoTracking().FirstOrDefaultAsync(row => row.Id == product, cancellation)
            ?? throw ServiceException.UnknownProduct(product);
        VersionRow? version = await db.Versions.AsNoTracking()
            .FirstOrDefaultAsync(one => one.ProductId == product && one.Number == row.ActiveVersion, cancellation);
        IProductGrain grain = services.GetRequiredService<IGrainFactory>().GetGrain<IProductGrain>(product);
        TimeProvider clock = services.GetRequiredService<TimeProvider>();
        ProductInCluster told = await ClusterCalls.MakeAsync(grain.DescribeAsync, clock, cancellation);
        return TypedResults.Ok(told with
        {
            Version = version?.Number,
            Limits = version is null ? null : DetectorCatalog.Describe(version, row.ActiveVersion).Limits,
        });
    }

    private static async Task<NoContent> DrainAsync(
        string node, NodeDrain wanted, IServiceProvider services, CancellationToken cancellation)
    {
        Nodes nodes = Demand(services);
        ClusterMember member = nodes.All().FirstOrDefault(one => one.Name == node && one.Status == SiloStatus.Active)
            ?? throw ServiceException.Unknown("node", node);
        await services.GetRequiredService<NodeRelay>()
            .TellAsync(member.SiloAddress, new NodeMessage { Drain = wanted.Drained }).WaitAsync(cancellation);
        return TypedResults.NoContent();
    }

    private static Nodes Demand(IServiceProvider services) => services.GetService<Nodes>()
        ?? throw ServiceException.Conflict("This service is no node of a cluster; start it with --cluster to make it one.");
}
