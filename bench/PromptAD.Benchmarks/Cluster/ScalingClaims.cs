using PromptAD.Benchmarks.Ratios;
using PromptAD.Benchmarks.Server;
using PromptAD.Client;

namespace PromptAD.Benchmarks.Cluster;

/// <summary>What nodes bring, and what they cost.</summary>
internal static class ScalingClaims
{
    private const string Product = "plate";
    private const int SendersOfNode = 4, Rounds = 3, Warming = 100;
    private const double Milliseconds = 1000;
    private const double Interval = 0.35; // s between two pictures, so that two cores have time to rest

    public static IEnumerable<Ratio> List(ClusterWork work)
    {
        var paces = new Lazy<double[]>(() => MeasureAsync(work).GetAwaiter().GetResult());
        yield return new Ratio(
            "throughput: a node of 2, of a node alone, with a stand-in for the encoder", Target.AtLeast(0.85, "x"),
            () => paces.Value[1] / 2 / paces.Value[0]);
        yield return new Ratio(
            "throughput: a node of 3, of a node alone, with a stand-in for the encoder", Target.AtLeast(0.85, "x"),
            () => paces.Value[2] / 3 / paces.Value[0]);
        yield return new Ratio(
            "bottleneck: 3 nodes on these cores, detectors of 1 ms, pictures a second", Target.AtLeast(30, "/s"),
            () => WithoutEncodersAsync(work).GetAwaiter().GetResult());
        yield return new Ratio(
            "latency: median of 3 nodes, less that of a service without a cluster", Target.AtMost(5, " ms"),
            () => AddedAsync(work).GetAwaiter().GetResult());
    }

    /// <summary>
    /// Two cores hide how nodes scale, since one encoder takes both. So each detector takes as long as a picture takes with ViT-B-16-plus-240
    /// on this machine, measured just before, and sleeps meanwhile; one picture at a time, as such an encoder does.
    /// </summary>
    /// <returns>Pictures a second of 1, 2 and 3 nodes.</returns>
    private static async Task<double[]> MeasureAsync(ClusterWork work)
    {
        byte[] picture = PredictionWork.Jpeg();
        double time;
        using (var library = new AnomalyDetector(PredictionWork.Model(work.Workplace.Backbone), work.Workplace.Backbone, ownsBackbone: false))
        {
            library.Predict(picture);
            time = Milliseconds * Enumerable.Range(0, 9).Select(_ => Clock.Seconds(() => library.Predict(picture))).Order().ElementAt(4);
        }
        Tell($"a picture takes {time:F0} ms with ViT-B-16-plus-240; the stand-in sleeps as long");
        var paces = new List<double>();
        for (int nodes = 1; nodes <= 3; nodes++)
        {
            await using Plant plant = await Plant.OpenAsync(work.Workplace.Store.Folder, nodes, ["--Service:Judges=1"], Math.Round(time));
            await plant.Site.ImportAsync(Product, work.Part.Detector);
            InspectionClient[] clients = Clients(plant);
            long number = 0;
            Task Send(int one) =>
                clients[one % clients.Length].InspectAsync(Product, work.Part.Picture(Interlocked.Increment(ref number)));
            await Load.SaturateAsync(SendersOfNode * nodes, SendersOfNode * nodes * 2, Send); // warm
            double pace = await Load.SaturateAsync(SendersOfNode * nodes, work.Sizes.Pictures * nodes, Send);
            Tell($"{nodes} nodes judge {pace:F2} pictures a second");
            paces.Add(pace);
            foreach (InspectionClient client in clients) client.Dispose();
        }
        return [.. paces];
    }

    /// <summary>What taking, keeping and handing on a picture costs, since nothing else takes processor time: of 1 node, and of 3.</summary>
    /// <returns>Pictures a second of 3 nodes.</returns>
    private static async Task<double> WithoutEncodersAsync(ClusterWork work)
    {
        double pace = 0;
        foreach (int nodes in (int[])[1, 3])
        {
            await using Plant plant = await Plant.OpenAsync(work.Workplace.Store.Folder, nodes, milliseconds: 1);
            await plant.Site.ImportAsync(Product, work.Part.Detector);
            InspectionClient[] clients = Clients(plant);
            long number = 0;
            Task Send(int one) =>
                clients[one % clients.Length].InspectAsync(Product, work.Part.Picture(Interlocked.Increment(ref number)));
            await Load.SaturateAsync(SendersOfNode * nodes, Warming * nodes * 2, Send);
            pace = await Load.SaturateAsync(SendersOfNode * nodes, work.Sizes.Pictures * nodes * 5, Send);
            Tell($"{nodes} nodes with detectors of 1 ms judge {pace:F0} pictures a second on these cores");
            foreach (InspectionClient client in clients) client.Dispose();
        }
        return pace;
    }

    /// <summary>Pictures at fixed moments, in turns by a service of its own and by three nodes; both on PostgreSQL and with real detectors.</summary>
    private static async Task<double> AddedAsync(ClusterWork work)
    {
        await using Plant alone = await Plant.OpenAsync(work.Workplace.Store.Folder, 0), three = await Plant.OpenAsync(work.Workplace.Store.Folder, 3);
        long number = 0;
        var times = new Dictionary<Plant, List<double>> { [alone] = [], [three] = [] };
        var stages = new Dictionary<Plant, List<double>> { [alone] = [], [three] = [] };
        foreach (Plant plant in times.Keys)
        {
            // Programs that have run for a while have compiled what they use.
            await plant.Site.ImportAsync(Product, work.Part.Detector);
            InspectionClient[] clients = Clients(plant);
            await Load.SaturateAsync(2, Warming * plant.Count, one => Send(clients, one));
            foreach (InspectionClient client in clients) client.Dispose();
        }
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((Plant plant, List<double> all) in times)
            {
                InspectionClient[] clients = Clients(plant);
                (double Seconds, InspectionResult Answer)[] arrived =
                    await Load.ArriveAsync(Interval, work.Sizes.Arrivals / Rounds, one => Send(clients, one));
                all.AddRange(arrived.Select(one => Milliseconds * one.Seconds));
                stages[plant].AddRange(arrived.Select(one => Stages(one.Answer)));
                foreach (InspectionClient client in clients) client.Dispose();
            }
        }
        Tell($"stages: median {Load.Quantile(stages[alone], 0.5):F2} ms without a cluster, {Load.Quantile(stages[three], 0.5):F2} ms with 3 nodes");
        double without = Load.Quantile(times[alone], 0.5), with = Load.Quantile(times[three], 0.5);
        Tell($"median {without:F2} ms without a cluster, {with:F2} ms with 3 nodes; 99th percentile {Load.Quantile(times[alone], 0.99):F1} and {Load.Quantile(times[three], 0.99):F1} ms");
        return with - without;

        Task<InspectionResult> Send(InspectionClient[] clients, int one) =>
            clients[one % clients.Length].InspectAsync(Product, work.Part.Picture(Interlocked.Increment(ref number)));
    }

    private static InspectionClient[] Clients(Plant plant) =>
        [.. plant.Addresses.Select(one => plant.Site.Station(one, TimeSpan.FromSeconds(30)))];

    private static double Stages(InspectionResult one) =>
        one.Milliseconds is { } times ? times.Queue + times.Decode + times.Prepare + times.Encode + times.Score : 0;

    /// <summary>What a figure is made of; not part of the table.</summary>
    private static void Tell(FormattableString line) => Console.Error.WriteLine(FormattableString.Invariant(line));
}
