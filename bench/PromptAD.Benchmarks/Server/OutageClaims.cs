using System.Diagnostics;
using System.Net;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Benchmarks.Server;

/// <summary>What the service needs goes away under load: room on the disk, the database, a broker.</summary>
internal static class OutageClaims
{
    private const string Product = "plate";
    private const int Some = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static IEnumerable<Ratio> List(ServerWork work)
    {
        string seconds = FormattableString.Invariant($"{work.Sizes.Away:0.#} s");
        var disk = new Lazy<Outcome>(() => FillDiskAsync(work).GetAwaiter().GetResult());
        yield return new Ratio("full disk: pictures refused with 507", Target.AtLeast(1, ""), () => disk.Value.Refused);
        foreach (Ratio claim in Common("full disk", disk)) yield return claim;
        var database = new Lazy<Outcome>(() => StopDatabaseAsync(work).GetAwaiter().GetResult());
        yield return new Ratio(
            $"database away for {seconds}: pictures refused with 503", Target.AtLeast(1, ""), () => database.Value.Refused);
        foreach (Ratio claim in Common("database away", database)) yield return claim;
        var broker = new Lazy<BrokerOutcome>(() => StopBrokerAsync(work).GetAwaiter().GetResult());
        yield return new Ratio($"broker away for {seconds}: inspections meanwhile", Target.AtLeast(Some, ""), () => broker.Value.Meanwhile);
        yield return new Ratio("broker away: results that never reach it", Target.AtMost(0, ""), () => broker.Value.Missing);
        yield return new Ratio("broker away: acknowledged inspections that are lost", Target.AtMost(0, ""), () => broker.Value.Kept.Lost);
        yield return new Ratio(
            "broker away: after its return, until no result waits", Target.AtMost(75, " s"), () => broker.Value.Seconds);
    }

    /// <param name="Refused">Pictures that were refused as they should be.</param>
    /// <param name="Errors">Pictures that were refused otherwise.</param>
    /// <param name="Kept">What is there in the end.</param>
    /// <param name="Seconds">From the end of the trouble to the next acknowledged picture.</param>
    private sealed record Outcome(int Refused, int Errors, Kept Kept, double Seconds);

    private sealed record BrokerOutcome(int Meanwhile, int Missing, Kept Kept, double Seconds);

    private static IEnumerable<Ratio> Common(string name, Lazy<Outcome> outcome)
    {
        yield return new Ratio($"{name}: pictures refused with another error", Target.AtMost(0, ""), () => outcome.Value.Errors);
        yield return new Ratio($"{name}: acknowledged inspections that are lost", Target.AtMost(0, ""), () => outcome.Value.Kept.Lost);
        yield return new Ratio($"{name}: inspections that are there twice", Target.AtMost(0, ""), () => outcome.Value.Kept.Twice);
        yield return new Ratio($"{name}: breaks of the audit trail", Target.AtMost(0, ""), () => outcome.Value.Kept.Breaks);
        yield return new Ratio($"{name}: after its end, until the next is taken", Target.AtMost(5, " s"), () => outcome.Value.Seconds);
    }

    /// <summary>
    /// The data folder is a small file system in memory, of a mount namespace of the service's own, so that it goes with the process. First
    /// pictures fill it up to the reserve, then something else takes the rest of it, to the last byte.
    /// </summary>
    private static async Task<Outcome> FillDiskAsync(ServerWork work)
    {
        const int Megabytes = 128, Reserve = 16, Room = 3;
        string mount = $"mount -t tmpfs -o size={Megabytes}m tmpfs \"$0\" && exec \"$@\"";
        await using Site site = await Site.OpenAsync(
            work.Workplace.Store.Folder, [$"--Service:ReserveMegabytes={Reserve}"], ["unshare", "-Urm", "sh", "-c", mount, "{folder}"]);
        await site.ImportAsync(Product, work.Part.Detector);
        string folder = $"/proc/{site.Service.Id}/root{site.Folder}", first = Path.Combine(folder, "first"), rest = Path.Combine(folder, "rest");
        Fill(first, new DriveInfo(folder).AvailableFreeSpace - ((Reserve + Room) * 1_000_000L));
        var senders = new Senders(site, work.Part, Product);
        senders.Start();
        await Senders.WaitAsync(() => senders.Refusals(HttpStatusCode.InsufficientStorage) >= Some, "the disk is not told to be full");
        Fill(rest, long.MaxValue);
        await Task.Delay(TimeSpan.FromSeconds(2));
        File.Delete(first);
        File.Delete(rest);
        double seconds = await NextAsync(senders);
        return await FinishAsync(senders, HttpStatusCode.InsufficientStorage, seconds);
    }

    private static async Task<Outcome> StopDatabaseAsync(ServerWork work)
    {
        if (PostgresCluster.Programs is null) throw new InvalidOperationException("No PostgreSQL; 'apt-get install postgresql' brings it.");
        await using var cluster = new PostgresCluster();
        await using Site site = await Site.OpenAsync(work.Workplace.Store.Folder, [$"--database={await cluster.NewDatabaseAsync()}"]);
        await site.ImportAsync(Product, work.Part.Detector);
        var senders = new Senders(site, work.Part, Product);
        senders.Start();
        await senders.AdvanceAsync(Some);
        await cluster.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(work.Sizes.Away));
        await cluster.StartAgainAsync();
        double seconds = await NextAsync(senders);
        return await FinishAsync(senders, HttpStatusCode.ServiceUnavailable, seconds);
    }

    private static async Task<BrokerOutcome> StopBrokerAsync(ServerWork work)
    {
        if (!Mosquitto.IsThere) throw new InvalidOperationException("No Mosquitto; 'apt-get install mosquitto' brings it.");
        string folder = Directory.CreateTempSubdirectory("promptad-bench-broker-").FullName;
        try
        {
            await using Mosquitto broker = await Mosquitto.LaunchAsync(folder);
            await using BrokerListener listener = await BrokerListener.ConnectAsync(broker.Port);
            await using Site site = await Site.OpenAsync(
                work.Workplace.Store.Folder,
                ["--Service:Mqtt:0:Name=broker", "--Service:Mqtt:0:Server=127.0.0.1", $"--Service:Mqtt:0:Port={broker.Port}"]);
            await site.ImportAsync(Product, work.Part.Detector);
            var senders = new Senders(site, work.Part, Product);
            senders.Start();
            await senders.AdvanceAsync(Some);
            await broker.StopAsync();
            int before = senders.Acknowledged;
            await Task.Delay(TimeSpan.FromSeconds(work.Sizes.Away));
            int meanwhile = senders.Acknowledged - before;
            await broker.StartAgainAsync();
            var watch = Stopwatch.StartNew();
            await listener.ConnectAgainAsync();
            await senders.StopAsync();
            Kept kept = await senders.CheckAsync();
            while ((await site.SinksAsync()).Single().Waiting > 0 && watch.Elapsed < Patience) await Task.Delay(50);
            double seconds = watch.Elapsed.TotalSeconds;
            await Task.Delay(TimeSpan.FromSeconds(1)); // what the broker has, on its way to the listener
            return new BrokerOutcome(meanwhile, senders.Ids.Count(id => !listener.Has(id)), kept, seconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> NextAsync(Senders senders)
    {
        var watch = Stopwatch.StartNew();
        await senders.AdvanceAsync(1);
        double seconds = watch.Elapsed.TotalSeconds;
        await senders.AdvanceAsync(Some);
        return seconds;
    }

    private static async Task<Outcome> FinishAsync(Senders senders, HttpStatusCode expected, double seconds)
    {
        await senders.StopAsync();
        return new Outcome(
            senders.Refusals(expected), senders.RefusalsBeside(expected, HttpStatusCode.TooManyRequests), await senders.CheckAsync(), seconds);
    }

    /// <summary>Writes a file of a length, or until there is no room.</summary>
    private static void Fill(string path, long length)
    {
        byte[] block = new byte[4096];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (long left = length; left > 0; left -= block.Length) file.Write(block);
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }
}
