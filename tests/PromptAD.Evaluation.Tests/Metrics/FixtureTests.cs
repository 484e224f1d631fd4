using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace PromptAD.Evaluation.Tests.Metrics;

/// <summary>Reference values computed with scikit-learn and an independent AUPRO.</summary>
public sealed class FixtureTests
{
    private const double Tolerance = 1e-9;

    private static readonly JsonElement Reference =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "metrics.json"))).RootElement;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Image_metrics_agree_with_the_reference(int index)
    {
        JsonElement expected = Reference.GetProperty("image")[index];
        double[] scores = [.. expected.GetProperty("scores").EnumerateArray().Select(s => s.GetDouble())];
        bool[] anomalous = [.. expected.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32() == 1)];

        RankingMetrics actual = RankingMetrics.Measure(scores, anomalous);

        Assert.Equal(expected.GetProperty("auroc").GetDouble(), actual.Auroc, Tolerance);
        Assert.Equal(expected.GetProperty("average_precision").GetDouble(), actual.AveragePrecision, Tolerance);
        Assert.Equal(expected.GetProperty("f1_max").GetDouble(), actual.BestF1, Tolerance);
        Assert.Equal(expected.GetProperty("f1_max_threshold").GetDouble(), actual.BestF1Threshold, Tolerance);
    }

    [Fact]
    public void Pixel_metrics_agree_with_the_reference()
    {
        JsonElement expected = Reference.GetProperty("pixel");
        PixelMetrics actual = PixelFixture().Measure(0.30, 0.05);

        Assert.Equal(expected.GetProperty("pixel_auroc").GetDouble(), actual.Ranking.Auroc, Tolerance);
        Assert.Equal(expected.GetProperty("pixel_average_precision").GetDouble(), actual.Ranking.AveragePrecision, Tolerance);
        Assert.Equal(expected.GetProperty("pixel_f1_max").GetDouble(), actual.Ranking.BestF1, Tolerance);
        Assert.Equal(expected.GetProperty("aupro_0.30").GetDouble(), actual.Aupro[0].Value, Tolerance);
        Assert.Equal(expected.GetProperty("aupro_0.05").GetDouble(), actual.Aupro[1].Value, Tolerance);
    }

    [Fact]
    public void Pixel_intervals_hold_the_exact_figure_and_are_not_empty()
    {
        PixelScores scores = PixelFixture();
        PixelMetrics exact = scores.Measure(0.30);
        PixelIntervals intervals = scores.MeasureIntervals(new BootstrapOptions { Resamples = 200 }, 0.30);

        Assert.InRange(exact.Ranking.Auroc, intervals.Ranking.Auroc.Lower, intervals.Ranking.Auroc.Upper);
        Assert.InRange(exact.Ranking.AveragePrecision, intervals.Ranking.AveragePrecision.Lower, intervals.Ranking.AveragePrecision.Upper);
        Assert.InRange(exact.Aupro[0].Value, intervals.Aupro[0].Lower, intervals.Aupro[0].Upper);
        Assert.InRange(intervals.Ranking.Auroc.Upper - intervals.Ranking.Auroc.Lower, 0.01, 0.5);
    }

    /// <summary>Six maps of 64 x 64 with their masks.</summary>
    internal static PixelScores PixelFixture()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "metrics-pixel.safetensors"));
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        JsonElement header = JsonDocument.Parse(file.AsMemory(8, headerLength)).RootElement;
        byte[] Tensor(string name)
        {
            int[] offsets = [.. header.GetProperty(name).GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt32())];
            return file[(8 + headerLength + offsets[0])..(8 + headerLength + offsets[1])];
        }

        byte[] masks = Tensor("masks"); // (pictures, height, width)
        ReadOnlySpan<float> maps = MemoryMarshal.Cast<byte, float>(Tensor("maps"));
        const int Size = 64, Pixels = Size * Size;
        var scores = new PixelScores();
        for (int start = 0; start < maps.Length; start += Pixels)
            scores.Add(maps.Slice(start, Pixels), masks.AsSpan(start, Pixels), Size, Size);
        return scores;
    }
}
