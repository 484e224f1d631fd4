using System.Diagnostics;

namespace PromptAD.Server.Operations;

/// <summary>What tracing sees of an inspection: the whole of it, its judging and its writing.</summary>
internal static class ServiceTraces
{
    public const string SourceName = "PromptAD.Server";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins a step; null where nobody listens. Dispose it at its end.</summary>
    public static Activity? Begin(string step) => Source.StartActivity(step);
}
