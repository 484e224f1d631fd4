using BenchmarkDotNet.Attributes;
using PromptAD.Evaluation;

namespace PromptAD.Benchmarks.Pieces;

/// <summary>Image AUROC of 1000 scores, and pixel AUROC with AUPRO of 4 maps of 400 x 400, two of which have a defect.</summary>
public class MetricPieces
{
    private const int Pictures = 1000, Maps = 4, Side = 400, Pixels = Side * Side;
    private readonly float[] scores = new float[Pictures];
    private readonly bool[] anomalous = new bool[Pictures];
    private readonly float[] maps = new float[Maps * Pixels];
    private readonly byte[] masks = new byte[Maps * Pixels];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int i = 0; i < Pictures; i++) scores[i] = random.NextSingle() + ((anomalous[i] = i % 2 == 0) ? 0.2f : 0);
        for (int i = 0; i < maps.Length; i++)
        {
            bool defect = i / Pixels % 2 == 0 && i / Side % Side is > 50 and < 110 && i % Side is > 50 and < 110;
            masks[i] = defect ? byte.MaxValue : (byte)0;
            maps[i] = random.NextSingle() + (defect ? 0.2f : 0);
        }
    }

    [Benchmark]
    public double ImageAuroc() => RankingMetrics.Measure(scores, anomalous).Auroc;

    [Benchmark]
    public PixelMetrics PixelAurocAndAupro()
    {
        var pixels = new PixelScores();
        for (int start = 0; start < maps.Length; start += Pixels)
            pixels.Add(maps.AsSpan(start, Pixels), masks.AsSpan(start, Pixels), Side, Side);
        return pixels.Measure(0.30);
    }
}
