using PromptAD.Client;

namespace PromptAD.Server.Stations;

/// <summary>
/// What a station shows now. Verdicts are in the database; this is only which of them is shown. Safe for several threads.
/// </summary>
/// <param name="name">The station's name.</param>
internal sealed class Station(string name)
{
    private readonly Lock gate = new(), telling = new();
    private bool? toldReady;
    private readonly Dictionary<string, int> busy = []; // pictures by the nodes that have them
    private bool isAcquired;
    private string? asked, inForce, recipeError, error;
    private int? version;
    private bool isInTurn;
    private long acknowledged;
    private Shown? shown;

    public string Name => name;

    /// <summary>The product that was asked for; null where none was.</summary>
    public string? Asked
    {
        get
        {
            lock (gate) return asked;
        }
    }

    /// <summary>Whether results are shown one after the other, and none waits now.</summary>
    public bool AwaitsNext
    {
        get
        {
            lock (gate) return isInTurn && (shown is null || shown.Id <= acknowledged);
        }
    }

    /// <summary>The latest result that was acknowledged; 0 for none.</summary>
    public long Acknowledged
    {
        get
        {
            lock (gate) return acknowledged;
        }
    }

    /// <summary>Takes over what is kept.</summary>
    public void Load(StationRow row)
    {
        lock (gate) (asked, isInTurn, acknowledged) = (row.Recipe, row.InTurn, row.Acknowledged);
    }

    /// <summary>Something happens to a picture.</summary>
    public void Note(StationNews news)
    {
        lock (gate)
        {
            int before = busy.GetValueOrDefault(news.Node);
            switch (news.Event)
            {
                case StationEvent.Begins:
                    busy[news.Node] = before + 1;
                    isAcquired = false;
                    break;
                case StationEvent.Acquired:
                    isAcquired = true;
                    break;
                case StationEvent.Waits:
                    busy[news.Node] = before + 1;
                    break;
                case StationEvent.Ends or StationEvent.WaitsNoMore:
                    // What began before the station was loaded was not seen.
                    if (before > 1) busy[news.Node] = before - 1;
                    else busy.Remove(news.Node);
                    break;
                default:
                    error = news.Line;
                    break;
            }
        }
    }

    /// <summary>A node is gone, and its pictures with it; their senders send them again.</summary>
    /// <returns>Whether it had any.</returns>
    public bool Forget(string node)
    {
        lock (gate) return busy.Remove(node);
    }

    /// <summary>A recipe is asked for and not yet prepared.</summary>
    public void Ask(string? product)
    {
        lock (gate) (asked, inForce, version, recipeError) = (product, null, null, null);
    }

    /// <summary>The recipe asked for is in force, or cannot be. Nothing where another one was asked for meanwhile.</summary>
    public void Prepare(string product, int? prepared, string? line)
    {
        lock (gate)
        {
            if (asked != product) return;
            (inForce, version, recipeError) = (prepared is null ? null : product, prepared, line);
        }
    }

    /// <summary>A result is there. It is shown at once, or once its turn comes.</summary>
    public void Show(InspectionResult row, bool isNext)
    {
        lock (gate)
        {
            if (row.Product == asked) (inForce, version, recipeError) = (row.Product, row.Version, null);
            bool isTurn = isNext && row.Id > acknowledged && !(shown?.Id > acknowledged);
            if (isInTurn && !isTurn) return;
            if (!isInTurn && shown?.Id > row.Id) return;
            shown = new Shown(row.Id, row.Part, row.Verdict, row.State == InspectionState.Failed);
            error = row.Error;
        }
    }

    /// <summary>The line has taken a result; an error goes with it.</summary>
    /// <returns>Null; the line that says why not where another result is shown.</returns>
    public string? Acknowledge(long id)
    {
        lock (gate)
        {
            if (id <= acknowledged) return null; // once more
            if (shown?.Id != id)
            {
                return shown is null || shown.Id <= acknowledged
                    ? $"Station '{name}' shows no result; {id} cannot be acknowledged."
                    : $"Station '{name}' shows result {shown.Id}, not {id}; acknowledge that one.";
            }
            acknowledged = id;
            error = null;
            return null;
        }
    }

    /// <summary>Takes an error back.</summary>
    public void Reset()
    {
        lock (gate) (error, recipeError) = (null, null);
    }

    /// <summary>Says how results are shown.</summary>
    public void Change(bool inTurn, long from)
    {
        lock (gate) (isInTurn, acknowledged) = (inTurn, Math.Max(acknowledged, from));
    }

    /// <summary>Tells what it shows, one after the other, so that what is told last is the latest.</summary>
    /// <param name="tell">Tells it.</param>
    /// <param name="hasRoom">Whether the queue has places.</param>
    /// <param name="isForReady">Whether to tell it only where another <see cref="StationInfo.Ready"/> was told before.</param>
    public void Tell(Action<StationInfo> tell, Func<bool> hasRoom, bool isForReady = false)
    {
        lock (telling)
        {
            StationInfo info = Describe(hasRoom());
            if (isForReady && info.Ready == toldReady) return;
            toldReady = info.Ready;
            tell(info);
        }
    }

    /// <summary>What it shows.</summary>
    /// <param name="hasRoom">Whether the queue has places.</param>
    public StationInfo Describe(bool hasRoom)
    {
        lock (gate)
        {
            string? wrong = recipeError ?? error;
            bool isBusy = busy.Count > 0, isReady = shown?.Id > acknowledged;
            StationState state = wrong is not null ? StationState.Error
                : isBusy ? StationState.SingleExecution
                : inForce is null ? StationState.Initialized
                : StationState.Ready;
            return new StationInfo
            {
                Name = name,
                State = state,
                Ready = state == StationState.Ready && hasRoom,
                Busy = isBusy,
                AcquisitionDone = isAcquired,
                ResultReady = isReady,
                ResultId = shown?.Id,
                PartId = shown?.Part,
                Verdict = shown?.Verdict,
                OK = isReady && wrong is null && shown!.Verdict == InspectionVerdict.OK,
                NG = wrong is not null || (isReady && (shown!.HasFailed || shown.Verdict is null or InspectionVerdict.NG)),
                Acknowledged = shown is not null && !isReady,
                Error = wrong,
                RecipeAsked = asked,
                RecipeInForce = inForce,
                RecipeVersion = version,
                InTurn = isInTurn,
            };
        }
    }

    private sealed record Shown(long Id, string? Part, InspectionVerdict? Verdict, bool HasFailed);
}
