using BenchmarkDotNet.Attributes;
using PromptAD.Benchmarks.Ratios;
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
    private float[] map = [], wide = [];

    [GlobalSetup]
    public void Setup()
    {
        memory = new MemoryBank([references], Width);
        map = memory.LayerMap(0, queries);
        wide = ScoreMaps.Upsample(map, Grid, MapSize);
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
    public float[] Upsample() => ScoreMaps.Upsample(map, Grid, MapSize);

    /// <summary>In place, so that each time smooths what the time before left; the work is the same.</summary>
    [Benchmark]
    public void Smooth() => ScoreMaps.Smooth(wide, MapSize, Sigma);
}
