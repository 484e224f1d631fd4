using PromptAD.Server.Security;

namespace PromptAD.Server.Sources;

/// <summary>How the sources fare. They are set up by settings alone: no path from a request reaches the file system.</summary>
internal static class SourceEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/api/sources", (SourceRunner runner) => TypedResults.Ok(runner.All().ToList())).WithTags("Stations")
        .WithSummary("Where pictures come from by themselves, and how many came and failed since the service started")
        .RequireAuthorization(Policies.Operator);
}
