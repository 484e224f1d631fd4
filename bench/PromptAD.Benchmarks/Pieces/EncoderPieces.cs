using BenchmarkDotNet.Attributes;
using PromptAD.Benchmarks.Ratios;

namespace PromptAD.Benchmarks.Pieces;

/// <summary>ViT-B-16-plus-240 with weights by rule, one picture.</summary>
public class EncoderPieces : IDisposable
{
    private readonly Workplace workplace = new();
    private Backbone? backbone;
    private byte[] pixels = [];

    [Params(BackbonePrecision.Float32, BackbonePrecision.Int8)]
    public BackbonePrecision Precision { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        backbone = Precision == BackbonePrecision.Int8 ? workplace.Int8 : workplace.Backbone;
        int side = backbone.Configuration.Vision.ImageSize;
        pixels = PredictionWork.Noise(3 * side * side);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        workplace.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Encode() => backbone!.Clip.Encode(pixels, 1).Dispose();
}
