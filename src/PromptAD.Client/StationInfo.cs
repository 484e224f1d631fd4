using System.Text.Json.Serialization;

namespace PromptAD.Client;

/// <summary>
/// What a station shows a line: whether it may send the next part, whether the last one may move, and what was said of it. Named as OPC UA
/// for Machine Vision (OPC 40100-1) names it. A line takes everything but <see cref="OK"/> for not good.
/// </summary>
public sealed record StationInfo
{
    /// <summary>The station's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The state of the station's state machine.</summary>
    public StationState State { get; init; }

    /// <summary>Whether a part may come: the recipe asked for is in force, the queue has room, and no error stands.</summary>
    public bool Ready { get; init; }

    /// <summary>Whether a picture is on its way or waits for its verdict.</summary>
    public bool Busy { get; init; }

    /// <summary>Whether the latest picture is there as a whole (event AcquisitionDone): the part may move.</summary>
    public bool AcquisitionDone { get; init; }

    /// <summary>Whether a result waits to be acknowledged (event ResultReady).</summary>
    public bool ResultReady { get; init; }

    /// <summary>The inspection whose result is shown (ResultId); null where there is none yet.</summary>
    public long? ResultId { get; init; }

    /// <summary>What its sender calls the part of that result (PartId); null where it was not told.</summary>
    public string? PartId { get; init; }

    /// <summary>The verdict of that result; null where it has none.</summary>
    public InspectionVerdict? Verdict { get; init; }

    /// <summary>Whether the part of that result is good; false while no result is ready, and in an error.</summary>
    public bool OK { get; init; }

    /// <summary>Whether the part of that result is not good. An error says so, too.</summary>
    public bool NG { get; init; }

    /// <summary>Whether the line has taken the result that is shown.</summary>
    public bool Acknowledged { get; init; }

    /// <summary>What is wrong, one line; null where nothing is. It goes with the next result, by acknowledging, or by Reset.</summary>
    public string? Error { get; init; }

    /// <summary>The product that was asked for (method PrepareRecipe); null where none was.</summary>
    public string? RecipeAsked { get; init; }

    /// <summary>The product that the station judges now; null where none is prepared.</summary>
    public string? RecipeInForce { get; init; }

    /// <summary>The version of that product that judges; null where none is prepared.</summary>
    public int? RecipeVersion { get; init; }

    /// <summary>
    /// Whether results are shown one after the other, the next one once the one before is acknowledged. Otherwise the latest is shown.
    /// </summary>
    public bool InTurn { get; init; }
}

/// <summary>A recipe that is asked for.</summary>
/// <param name="Product">The product's id; null for none.</param>
public sealed record RecipeRequest(string? Product);

/// <summary>That a result was taken.</summary>
/// <param name="ResultId">The inspection, as the station shows it.</param>
public sealed record Acknowledgement([property: JsonRequired] long ResultId);

/// <summary>How a station shows results.</summary>
/// <param name="InTurn">Whether each waits until the one before is acknowledged.</param>
public sealed record StationSettings([property: JsonRequired] bool InTurn);
