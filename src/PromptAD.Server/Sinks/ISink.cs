using PromptAD.Client;
using PromptAD.Server.Inspections;

namespace PromptAD.Server.Sinks;

/// <summary>Where results go by themselves. <see cref="SinkRunner"/> keeps what waits, in order, until it is taken.</summary>
internal interface ISink
{
    /// <summary>Its name, as the settings have it.</summary>
    string Name { get; }

    /// <summary>What it is, such as "webhook".</summary>
    string Kind { get; }

    /// <summary>How long it may take for one result.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Whether it wants a result.</summary>
    bool Takes(InspectionRow row);

    /// <summary>Gives it a result; when this is done it has taken it.</summary>
    /// <exception cref="Exception">It has not; it gets the same result again.</exception>
    Task SendAsync(InspectionResult result, CancellationToken cancellation);

    /// <summary>What it does beside, until it is cancelled.</summary>
    /// <param name="tellTrouble">Told of what goes wrong, one line.</param>
    /// <param name="cancellation">Ends it.</param>
    Task RunAsync(Action<string> tellTrouble, CancellationToken cancellation);
}
