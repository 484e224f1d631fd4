using PromptAD.Client;

namespace PromptAD.Server.Sinks;

/// <summary>Where results go by themselves. <see cref="SinkRunner"/> keeps what waits, in order, until it is taken.</summary>
internal interface ISink
{
    /// <summary>Gives it a result; when this is done it has taken it.</summary>
    /// <exception cref="RefusedException">It never will; the result is set aside.</exception>
    /// <exception cref="Exception">It has not; it gets the same result again.</exception>
    Task SendAsync(InspectionResult result, CancellationToken cancellation);

    /// <summary>What it does beside, until it is cancelled.</summary>
    /// <param name="tellTrouble">Told of what goes wrong, one line.</param>
    /// <param name="cancellation">Ends it.</param>
    Task RunAsync(Action<string> tellTrouble, CancellationToken cancellation);

    /// <summary>Says, before it ends, how it goes on.</summary>
    /// <param name="next">The sink that takes its place; null where it is removed.</param>
    void GoOnAs(SinkOptions? next)
    {
    }
}
