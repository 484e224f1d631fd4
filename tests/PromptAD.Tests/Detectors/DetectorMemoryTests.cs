using System.Diagnostics;

namespace PromptAD.Tests.Detectors;

/// <summary>Measures the whole process, so no other test may run meanwhile.</summary>
[Collection(Alone)]
public sealed class DetectorMemoryTests : DetectorTest
{
    internal const string Alone = "Measures the process";
    private const long Megabyte = 1 << 20;

    [Fact]
    public void A_thousand_predictions_leave_memory_flat()
    {
        byte[][] pictures = [.. Enumerable.Range(0, 4).Select(Noise)];
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Predict(300); // pools and the runtime's arenas fill
        (long managed, long resident) = Measure();
        Predict(1000);
        (long managedAfter, long residentAfter) = Measure();
        Assert.InRange(managedAfter - managed, long.MinValue, Megabyte);
        Assert.InRange(residentAfter - resident, long.MinValue, 20 * Megabyte);

        void Predict(int times)
        {
            for (int i = 0; i < times; i++) detector.Predict(Frame(pictures[i % pictures.Length]));
        }
    }

    [Fact]
    public void A_prediction_allocates_its_map_and_little_else()
    {
        byte[] picture = Noise(1);
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        const int Times = 100, Map = MapSize * MapSize * sizeof(float), Little = 16 << 10;
        for (int i = 0; i < Times; i++) detector.Predict(Frame(picture));

        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Times; i++) detector.Predict(Frame(picture));
        Assert.InRange((GC.GetTotalAllocatedBytes(precise: true) - before) / Times, Map, Map + Little);
    }

    private static (long Managed, long Resident) Measure()
    {
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        using Process process = Process.GetCurrentProcess();
        return (managed, process.WorkingSet64);
    }
}

[CollectionDefinition(DetectorMemoryTests.Alone, DisableParallelization = true)]
public sealed class RunsAlone;
