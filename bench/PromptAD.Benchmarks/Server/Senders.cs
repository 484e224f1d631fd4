using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using PromptAD.Client;

namespace PromptAD.Benchmarks.Server;

/// <summary>
/// What a line does: each sender sends one picture after the other, under a key of its own, and sends it again until it is acknowledged,
/// whatever happens to the service meanwhile. Every second one waits for the verdict, and some of those are reviewed, so that the audit
/// trail grows as well.
/// </summary>
internal sealed class Senders(Site site, DrawnPart part, string product)
{
    private const int Count = 4, BetweenReviews = 6, Repeated = 200, Page = 500;
    private static readonly TimeSpan BeforeAnotherTry = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Receipt> acknowledged = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> refusals = new();
    private Task sending = Task.CompletedTask;
    private readonly int[] done = new int[Count]; // by sender
    private volatile bool isStopped;
    private int number;

    /// <summary>How many inspections are acknowledged.</summary>
    public int Acknowledged => acknowledged.Count;

    /// <summary>The numbers of the acknowledged inspections.</summary>
    public IEnumerable<long> Ids => acknowledged.Values.Select(receipt => receipt.Id);

    /// <summary>How often the service has refused a picture with a status.</summary>
    public int Refusals(HttpStatusCode status) => refusals.GetValueOrDefault(status);

    /// <summary>How often it has refused with none of these.</summary>
    public int RefusalsBeside(params HttpStatusCode[] known) => refusals.Where(one => !known.Contains(one.Key)).Sum(one => one.Value);

    /// <summary>Begins to send.</summary>
    public void Start() => sending = Task.WhenAll(Enumerable.Range(0, Count).Select(sender => Task.Run(() => SendAllAsync(sender))));

    /// <summary>Ends once every picture that was begun is acknowledged.</summary>
    public async Task StopAsync()
    {
        isStopped = true;
        await sending.WaitAsync(Patience);
    }

    /// <summary>Waits until so many more inspections are acknowledged.</summary>
    public async Task AdvanceAsync(int more)
    {
        int goal = Acknowledged + more;
        await WaitAsync(() => Acknowledged >= goal, "inspections are not acknowledged");
    }

    /// <summary>Waits until each sender has two more answers: the first may have been on its way already.</summary>
    public Task AdvanceAllAsync()
    {
        int[] goals = [.. done.Select(one => one + 2)];
        return WaitAsync(() => Enumerable.Range(0, Count).All(sender => done[sender] >= goals[sender]), "a sender gets no answers");
    }

    /// <summary>Waits until something is so; it fails where it does not come.</summary>
    public static async Task WaitAsync(Func<bool> isSo, string otherwise)
    {
        DateTime until = DateTime.UtcNow + Patience;
        while (!isSo())
        {
            if (DateTime.UtcNow > until) throw new InvalidOperationException($"After {Patience.TotalSeconds} s, {otherwise}.");
            await Task.Delay(5);
        }
    }

    /// <summary>Compares what was acknowledged with what the service has now.</summary>
    public async Task<Kept> CheckAsync()
    {
        using InspectionClient client = site.Station(Patience);
        DateTime until = DateTime.UtcNow + Patience;
        var waiting = new InspectionFilter { State = InspectionState.Queued, Limit = 1 };
        // What was acknowledged as queued is judged by and by.
        while (DateTime.UtcNow < until && (await client.ListInspectionsAsync(waiting)).Items.Count > 0) await Task.Delay(100);
        int lost = 0, twice = 0;
        foreach ((string key, Receipt receipt) in acknowledged)
        {
            if (!await IsKeptAsync(client, key, receipt)) lost++;
        }
        var parts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (long? before = null; ;)
        {
            Page<InspectionResult> page = await client.ListInspectionsAsync(new InspectionFilter { Before = before, Limit = Page });
            foreach (InspectionResult one in page.Items) parts[one.Part!] = parts.GetValueOrDefault(one.Part!) + 1;
            if (page.Next is null) break;
            before = page.Next;
        }
        twice += parts.Values.Sum(times => times - 1);
        foreach ((string key, Receipt receipt) in acknowledged.Take(Repeated))
        {
            var options = new InspectionOptions { IdempotencyKey = key, Part = key };
            if ((await client.InspectAsync(product, part.Picture(receipt.Number), options)).Id != receipt.Id) twice++;
        }
        return new Kept(lost, twice, await site.CheckAuditAsync());
    }

    private async Task SendAllAsync(int sender)
    {
        using InspectionClient station = site.Station(TimeSpan.Zero), reviewer = site.Reviewer();
        while (!isStopped)
        {
            int own = Interlocked.Increment(ref number);
            byte[] picture = part.Picture(own);
            var options = new InspectionOptions { IdempotencyKey = $"part-{own}", Part = $"part-{own}", Wait = own % 2 == 0 };
            InspectionResult result = await TryAsync(() => station.InspectAsync(product, picture, options));
            var receipt = new Receipt(own, result.Id, Convert.ToHexStringLower(SHA256.HashData(picture)), IsReviewed: false);
            acknowledged[options.Part] = receipt;
            done[sender]++;
            if (own % BetweenReviews > 0) continue;
            await TryAsync(() => reviewer.ReviewAsync(result.Id, ReviewedAs.Good));
            acknowledged[options.Part] = receipt with { IsReviewed = true };
        }
    }

    /// <summary>Asks until the service says yes.</summary>
    private async Task<InspectionResult> TryAsync(Func<Task<InspectionResult>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (HttpRequestException)
            {
                // It is away.
            }
            catch (InspectionServiceException e)
            {
                refusals.AddOrUpdate(e.Status, 1, (_, times) => times + 1);
            }
            await Task.Delay(BeforeAnotherTry);
        }
    }

    private static async Task<bool> IsKeptAsync(InspectionClient client, string key, Receipt receipt)
    {
        try
        {
            InspectionResult found = await client.GetInspectionAsync(receipt.Id);
            byte[] picture = await client.GetPictureAsync(receipt.Id);
            return found.Part == key && found.State is not (InspectionState.Queued or InspectionState.Failed)
                && (found.Review == ReviewedAs.Good || !receipt.IsReviewed)
                && found.PictureHash == receipt.PictureHash && Convert.ToHexStringLower(SHA256.HashData(picture)) == receipt.PictureHash;
        }
        catch (InspectionServiceException)
        {
            return false; // inspection or picture is not there
        }
    }

    /// <param name="Number">The picture's number.</param>
    /// <param name="Id">The inspection's.</param>
    /// <param name="PictureHash">SHA-256 of the picture that was sent.</param>
    /// <param name="IsReviewed">Whether a review was acknowledged.</param>
    private sealed record Receipt(int Number, long Id, string PictureHash, bool IsReviewed);
}

/// <summary>What a service has of what it acknowledged.</summary>
/// <param name="Lost">Inspections that are not there, not judged, not reviewed as acknowledged, or without their picture.</param>
/// <param name="Twice">Inspections of a picture that has one already.</param>
/// <param name="Audit">The audit trail.</param>
internal sealed record Kept(int Lost, int Twice, AuditCheck Audit)
{
    /// <summary>1 where the chain of the audit trail is broken or has no reviews, else 0.</summary>
    public int Breaks => Audit.Problem is null && Audit.Entries > 3 ? 0 : 1;
}
