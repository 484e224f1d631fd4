using System.Diagnostics;
using PromptAD.Evaluation;

namespace PromptAD.Benchmarks;

/// <summary>Pixel AUROC and AUPRO together, adding the maps included, against a sort of the same floats.</summary>
internal static class MetricsBenchmark
{
    private const int Size = 500;
    private const int Rounds = 3;
    private const double AllowedRatio = 1.5;

    public static int Run(string[] args)
    {
        int millions = args is [string number] ? int.Parse(number) : 25;
        int pictures = Math.Max(2, millions * 1_000_000 / (Size * Size));
        (float[] maps, byte[] masks) = Made(pictures);

        double measure = double.MaxValue, sort = double.MaxValue;
        PixelMetrics? metrics = null;
        for (int round = 0; round < Rounds; round++)
        {
            measure = Math.Min(measure, Seconds(() => metrics = Collect(maps, masks).Measure(0.30)));
            var copy = (float[])maps.Clone();
            sort = Math.Min(sort, Seconds(() => Array.Sort(copy)));
        }

        long before = GC.GetTotalMemory(forceFullCollection: true);
        PixelScores collected = Collect(maps, masks);
        double bytesPerPixel = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / maps.Length;
        GC.KeepAlive(collected);

        double ratio = measure / sort;
        Console.WriteLine($"pixels                      {maps.Length:N0} in {pictures} maps of {Size} x {Size}");
        Console.WriteLine($"pixel AUROC, AUPRO 0.30     {metrics!.Ranking.Auroc:F4}, {metrics.Aupro[0].Value:F4}");
        Console.WriteLine($"adding and measuring        {measure:F2} s");
        Console.WriteLine($"Array.Sort of the floats    {sort:F2} s");
        Console.WriteLine($"memory kept                 {bytesPerPixel:F2} bytes a pixel");
        Console.WriteLine($"ratio                       {ratio:F2} (allowed: {AllowedRatio})");
        return ratio < AllowedRatio ? 0 : 1;
    }

    private static PixelScores Collect(float[] maps, byte[] masks)
    {
        const int Pixels = Size * Size;
        var scores = new PixelScores();
        for (int start = 0; start < maps.Length; start += Pixels)
            scores.Add(maps.AsSpan(start, Pixels), masks.AsSpan(start, Pixels), Size, Size);
        return scores;
    }

    /// <summary>Independent noise, which no sort can exploit; every second map has two square defects that score higher.</summary>
    private static (float[] Maps, byte[] Masks) Made(int pictures)
    {
        var random = new Random(1);
        var maps = new float[pictures * Size * Size];
        var masks = new byte[maps.Length];
        for (int i = 0; i < maps.Length; i++)
        {
            int picture = i / (Size * Size), y = i / Size % Size, x = i % Size;
            bool defect = picture % 2 == 0 && (x is > 50 and < 110 && y is > 50 and < 110 || x is > 300 and < 380 && y is > 200 and < 280);
            masks[i] = defect ? (byte)255 : (byte)0;
            maps[i] = random.NextSingle() + (defect ? 0.2f : 0);
        }
        return (maps, masks);
    }

    private static double Seconds(Action work)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
