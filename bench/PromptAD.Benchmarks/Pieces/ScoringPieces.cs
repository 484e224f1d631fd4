using BenchmarkDotNet.Attributes;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Benchmarks.Pieces;

/// <summary>From the features of a picture to its map: 225 patches of 896 channels, the memory of four shots at one layer.</summary>
public class ScoringPieces
{
    private const int Grid = 15, Patches = Grid * Grid, Width = 896, Shots = 4, MapSize = 400;
    private const float Sigma = 4;
    private readonly float[] queries = PredictionWork.Rows(Patches, Width, seed: 1);
    private readonly float[] references = PredictionWork.Rows(Shots * Patches, Width, seed: 2);
    private MemoryBank? memory;
    private readonly MapStretch stretch = new(new PatchGrid(Grid), MapSize, Sigma), upsampling = new(new PatchGrid(Grid), MapSize, sigma: 0);
    private readonly MapStretch peaks = MapStretch.ForPeaks(new PatchGrid(Grid), MapSize);
    private float[] map = [];

    [GlobalSetup]
    public void Setup()
    {
        memory = new MemoryBank([references], Width);
        map = memory.LayerMap(0, queries);
    }

    [Benchmark]
    public float[] LookUp() => memory!.LayerMap(0, queries);

    /// <summary>The same pair by pair.</summary>
    [Benchmark]
    public float[] LookUpPlain()
    {
        var nearest = new float[Patches];
        Array.Fill(nearest, float.MaxValue);
        for (int query = 0; query < Patches; query++)
        {
            for (int reference = 0; reference < Shots * Patches; reference++)
            {
                float product = 0;
                for (int i = 0; i < Width; i++) product += queries[(query * Width) + i] * references[(reference * Width) + i];
                nearest[query] = Math.Min(nearest[query], (1 - product) / 2);
            }
        }
        return nearest;
    }

    [Benchmark]
    public float[] Stretch() => stretch.Apply(map);

    [Benchmark]
    public float Peak() => peaks.Peak(map);

    /// <summary>The peak by stretching the whole map.</summary>
    [Benchmark]
    public float PeakPlain() => upsampling.Apply(map).Max();
}
