namespace PromptAD.Server.Operations;

/// <summary>What the log says of sources and sinks that are set up twice.</summary>
internal static partial class SetupLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The {What} '{Name}' was set up through the interface and is in the settings now, too; that of the settings is in force")]
    public static partial void Hidden(ILogger log, string what, string name);
}
