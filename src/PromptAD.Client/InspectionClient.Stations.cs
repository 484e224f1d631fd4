namespace PromptAD.Client;

/// <content>What a station shows, and the handshake with its line.</content>
public sealed partial class InspectionClient
{
    /// <summary>All stations that have a recipe or have sent a picture.</summary>
    public Task<IReadOnlyList<StationInfo>> ListStationsAsync(CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<StationInfo>>("/api/stations", cancellation);

    /// <summary>What a station shows now.</summary>
    /// <exception cref="InspectionServiceException">There is none of this name.</exception>
    public Task<StationInfo> GetStationAsync(string station, CancellationToken cancellation = default) =>
        GetAsync<StationInfo>(StationPath(station), cancellation);

    /// <summary>
    /// Asks for a recipe; returns when it is in force. A station may ask for its own; others need the role of an operator.
    /// </summary>
    /// <param name="station">The station.</param>
    /// <param name="product">The product's id; null for none.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InspectionServiceException">It cannot be prepared; the station shows the error and is not ready.</exception>
    public Task<StationInfo> PrepareRecipeAsync(string station, string? product, CancellationToken cancellation = default) =>
        SendAsync<StationInfo>(HttpMethod.Put, StationPath(station, "/recipe"), new RecipeRequest(product), cancellation);

    /// <summary>Says that a result was taken. The station shows the next one then, if there is one.</summary>
    /// <exception cref="InspectionServiceException">It is not the result that is shown.</exception>
    public Task<StationInfo> AcknowledgeAsync(string station, long resultId, CancellationToken cancellation = default) =>
        SendAsync<StationInfo>(HttpMethod.Put, StationPath(station, "/acknowledged"), new Acknowledgement(resultId), cancellation);

    /// <summary>Takes an error back. A recipe that could not be prepared is tried again.</summary>
    public Task<StationInfo> ResetAsync(string station, CancellationToken cancellation = default) =>
        SendAsync<StationInfo>(HttpMethod.Put, StationPath(station, "/reset"), null, cancellation);

    /// <summary>Says how a station shows results.</summary>
    public Task<StationInfo> ChangeStationAsync(string station, StationSettings settings, CancellationToken cancellation = default) =>
        SendAsync<StationInfo>(HttpMethod.Put, StationPath(station), settings, cancellation);

    /// <summary>Has a picture judged by the recipe of a station; as <see cref="InspectAsync"/> otherwise.</summary>
    /// <param name="station">The station.</param>
    /// <param name="picture">The bytes of a picture file, or of a raw frame.</param>
    /// <param name="inspection">What goes with it; null for nothing.</param>
    /// <param name="cancellation">Stops waiting. The picture may be inspected all the same.</param>
    /// <exception cref="InspectionServiceException">The recipe asked for is not in force, or the service refuses the picture.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public Task<InspectionResult> InspectAtAsync(
        string station, byte[] picture, InspectionOptions? inspection = null, CancellationToken cancellation = default) =>
        InspectByAsync(StationPath(station, "/inspections"), picture, inspection ?? new InspectionOptions(), cancellation);

    private static string StationPath(string station, string rest = "") => $"/api/stations/{Uri.EscapeDataString(station)}{rest}";
}
