using PromptAD.Server.Security;

namespace PromptAD.Server.Sinks;

/// <summary>How the sinks fare. They are set up by settings alone, which also hold their secrets.</summary>
internal static class SinkEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/api/sinks", async (SinkRunner runner, CancellationToken cancellation) =>
            TypedResults.Ok(await runner.DescribeAsync(cancellation)))
        .WithTags("Stations").WithSummary("Where results go by themselves, how many wait, and how many were taken and failed")
        .RequireAuthorization(Policies.Operator);
}
