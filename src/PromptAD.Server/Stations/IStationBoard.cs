using PromptAD.Client;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Stations;

/// <summary>What all stations show, and what changes it.</summary>
internal interface IStationBoard
{
    /// <summary>All stations, by name.</summary>
    Task<List<StationInfo>> AllAsync(CancellationToken cancellation);

    /// <summary>What a station shows that there is.</summary>
    /// <exception cref="ServiceException">There is none.</exception>
    Task<StationInfo> FindAsync(string name, CancellationToken cancellation);

    /// <summary>What a station shows; a new one where none has sent anything yet.</summary>
    Task<StationInfo> OfAsync(string name, CancellationToken cancellation);

    /// <summary>Something happens to a picture of a station. What is noted of one station is told in this order.</summary>
    void Note(string name, StationNews news);

    /// <summary>A result is on the disk: its station shows it, once its turn has come.</summary>
    Task ShowAsync(InspectionResult result);

    /// <summary>Asks for a recipe, and prepares it: its detector is in memory when this is done.</summary>
    /// <exception cref="ServiceException">It cannot be; the station shows the error.</exception>
    Task<StationInfo> PrepareAsync(string actor, string name, string? product, CancellationToken cancellation);

    /// <summary>Takes an error back. A recipe that could not be prepared is tried again.</summary>
    /// <exception cref="ServiceException">It cannot be prepared still.</exception>
    Task<StationInfo> ResetAsync(string name, CancellationToken cancellation);

    /// <summary>The line has taken a result.</summary>
    /// <exception cref="ServiceException">Another one is shown.</exception>
    Task<StationInfo> AcknowledgeAsync(string name, long id, CancellationToken cancellation);

    /// <summary>Says how results are shown. From now on each one waits, or none does; earlier ones do not come up again.</summary>
    Task<StationInfo> ChangeAsync(string actor, string name, bool inTurn, CancellationToken cancellation);
}

/// <summary>What happens to a picture of a station.</summary>
/// <param name="Event">What happens.</param>
/// <param name="Line">What went wrong; null where nothing did.</param>
/// <param name="Node">The node of the cluster that has the picture; empty where there is no cluster.</param>
internal sealed record StationNews(StationEvent Event, string? Line = null, string Node = "")
{
    /// <summary>Something went wrong that is no result.</summary>
    public static StationNews Failed(string line) => new(StationEvent.Fails, line);
}

/// <summary>What happens to a picture of a station.</summary>
internal enum StationEvent
{
    /// <summary>A picture begins to come.</summary>
    Begins,

    /// <summary>The picture is there as a whole.</summary>
    Acquired,

    /// <summary>The picture that began to come is dealt with, or goes on waiting.</summary>
    Ends,

    /// <summary>A picture waits.</summary>
    Waits,

    /// <summary>One that waited is dealt with.</summary>
    WaitsNoMore,

    /// <summary>Something went wrong that is no result.</summary>
    Fails,
}
