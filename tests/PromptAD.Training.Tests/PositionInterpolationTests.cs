using PromptAD.Encoders.Dino;
using TorchSharp;
using static TorchSharp.torch;

namespace PromptAD.Training.Tests;

/// <summary>The table of places is resized as libtorch does it, which the published program asks.</summary>
public sealed class PositionInterpolationTests
{
    private const InterpolationMode Bicubic = InterpolationMode.Bicubic;
    private const int Width = 5;

    [Theory]
    [InlineData(5, 8, 0.0, false)]
    [InlineData(5, 8, 0.1, false)]
    [InlineData(5, 8, 0.0, true)]
    [InlineData(5, 8, 0.1, true)]
    [InlineData(8, 5, 0.0, false)]
    [InlineData(8, 5, 0.1, false)]
    [InlineData(8, 5, 0.0, true)]
    [InlineData(8, 5, 0.1, true)]
    [InlineData(37, 32, 0.1, false)]
    [InlineData(37, 32, 0.0, true)]
    [InlineData(37, 48, 0.1, false)]
    [InlineData(37, 48, 0.0, true)]
    [InlineData(37, 3, 0.0, true)]
    [InlineData(16, 7, 0.1, true)]
    [InlineData(1, 4, 0.0, true)]
    [InlineData(4, 1, 0.1, false)]
    public void Agrees_with_libtorch(int from, int to, double offset, bool antialias)
    {
        var random = new Random(from);
        float[] table = [.. Enumerable.Range(0, (1 + (from * from)) * Width).Select(_ => random.NextSingle() - 0.5f)];
        using DisposeScope scope = NewDisposeScope();
        Tensor cells = tensor(table)[Width..].reshape(1, from, from, Width).permute(0, 3, 1, 2);
        int rows = to + 2; // no square
        double across = (to + offset) / from, down = (rows + offset) / from;
        Tensor resized = offset > 0
            ? nn.functional.interpolate(cells, scale_factor: [down, across], mode: Bicubic, align_corners: false, antialias: antialias)
            : nn.functional.interpolate(cells, size: [rows, to], mode: Bicubic, align_corners: false, antialias: antialias);
        Assert.Equal([1, Width, rows, to], resized.shape);
        float[] expected = [.. table[..Width], .. resized.permute(0, 2, 3, 1).contiguous().data<float>()];

        float[] actual = new PositionInterpolation(offset, antialias).Resize(table, from, to, rows);

        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5 * expected.Max(Math.Abs));
    }
}
