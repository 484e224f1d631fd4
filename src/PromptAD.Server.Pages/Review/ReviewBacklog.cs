using PromptAD.Client;

namespace PromptAD.Server.Pages.Review;

/// <summary>What waits for a look, where one is in it, and what was done, so that it can be taken back. Pure.</summary>
public sealed class ReviewBacklog
{
    private readonly List<InspectionResult> waiting = [];
    private readonly Stack<(InspectionResult Inspection, int Place)> done = new();

    /// <summary>What waits, the newest first.</summary>
    public IReadOnlyList<InspectionResult> Waiting => waiting;

    /// <summary>Which one is looked at.</summary>
    public int Place { get; private set; }

    /// <summary>What is looked at; null where nothing waits.</summary>
    public InspectionResult? Current => waiting.Count > 0 ? waiting[Place] : null;

    /// <summary>Whether something can be taken back.</summary>
    public bool CanUndo => done.Count > 0;

    /// <summary>Whether an inspection belongs here.</summary>
    public static bool Belongs(InspectionResult inspection) =>
        inspection is { Review: null, Verdict: InspectionVerdict.Review or InspectionVerdict.NG };

    /// <summary>Adds what waits; what is there already stays where it is.</summary>
    public void Add(IEnumerable<InspectionResult> inspections)
    {
        foreach (InspectionResult one in inspections.Where(Belongs))
        {
            int place = waiting.FindIndex(other => other.Id <= one.Id);
            if (place >= 0 && waiting[place].Id == one.Id) continue;
            Insert(place < 0 ? waiting.Count : place, one);
        }
    }

    /// <summary>
    /// Somebody has reviewed an inspection, or taken a review back. What is looked at stays before the eyes until one moves on, and what
    /// holds unsaved work stays until that is done.
    /// </summary>
    /// <param name="now">The inspection as it is now.</param>
    /// <param name="holdsWork">Whether something is marked on it that is not saved.</param>
    public void Tell(InspectionResult now, bool holdsWork)
    {
        int place = waiting.FindIndex(one => one.Id == now.Id);
        if (place < 0) Add([now]);
        else if (Belongs(now) || place == Place || holdsWork) waiting[place] = now;
        else Leave(now.Id);
    }

    /// <summary>Lets go of what others have reviewed, but for what is looked at and what holds unsaved work.</summary>
    public void Settle(Func<long, bool> holdsWork)
    {
        foreach (InspectionResult one in waiting.Where(one => !Belongs(one) && one != Current && !holdsWork(one.Id)).ToList())
            Leave(one.Id);
    }

    /// <summary>Looks at the one so many places further, or at the last one there is.</summary>
    public void Move(int by) => Place = Math.Clamp(Place + by, 0, Math.Max(0, waiting.Count - 1));

    /// <summary>Looks at one.</summary>
    public void GoTo(long id) => Place = Math.Max(0, waiting.FindIndex(one => one.Id == id));

    /// <summary>The one that is looked at was reviewed; the next one takes its place.</summary>
    public void Finish()
    {
        if (Current is not { } current) return;
        done.Push((current with { Review = null, ReviewedBy = null, Reviewed = null, Where = [] }, Place));
        Leave(current.Id);
    }

    /// <summary>One does not wait any more.</summary>
    public void Leave(long id)
    {
        int place = waiting.FindIndex(one => one.Id == id);
        if (place < 0) return;
        waiting.RemoveAt(place);
        if (place < Place) Place--;
        Move(0);
    }

    /// <summary>What was reviewed last; null for nothing.</summary>
    public InspectionResult? Last => done.TryPeek(out (InspectionResult Inspection, int Place) last) ? last.Inspection : null;

    /// <summary>Takes back what was reviewed last: it waits again, and is looked at.</summary>
    public void Undo()
    {
        if (!done.TryPop(out (InspectionResult Inspection, int Place) last)) return;
        Add([last.Inspection]);
        GoTo(last.Inspection.Id);
    }

    private void Insert(int place, InspectionResult one)
    {
        // What is looked at stays before the eyes.
        if (waiting.Count > 0 && place <= Place) Place++;
        waiting.Insert(place, one);
    }
}
