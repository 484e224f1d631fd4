using PromptAD.Memory;
using PromptAD.Tests.Scoring;

namespace PromptAD.Tests.Memory;

public sealed class SubspaceFitTests
{
    private const int Width = 8;

    [Fact]
    public void A_line_is_found_and_residuals_are_the_distances_from_it()
    {
        var fit = new SubspaceFit(2);
        fit.Add([0, 1, 2, 3, 4, 5]); // y = x + 1
        Subspace line = fit.Find(0.99);
        Assert.Equal([2, 3], line.Mean);
        Assert.Equal(1, line.Count);
        Assert.Equal(Math.Sqrt(0.5), Math.Abs(line.Components[0]), 1e-6);
        float[] residuals = line.Residuals([7, 8, 0, 0, 3, 2]);
        Assert.Equal([0, 0.5, 2], residuals.Select(value => Math.Round(value, 5)));
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.75, 1)]
    [InlineData(0.85, 2)]
    [InlineData(0.9999, 3)]
    public void As_many_directions_are_taken_as_the_variance_asks_for(double explained, int count)
    {
        // Variances of 16, 4 and 1 along three axes of four.
        var fit = new SubspaceFit(4);
        foreach ((int axis, float far) in ((int, float)[])[(0, 4), (1, 2), (2, 1)])
        {
            float[] row = [7, 7, 7, 7], other = [7, 7, 7, 7];
            (row[axis], other[axis]) = (7 + far, 7 - far);
            fit.Add([.. row, .. other]);
        }
        Assert.Equal(count, fit.Find(explained).Count);
    }

    [Fact]
    public void Of_fewer_rows_than_channels_the_rows_themselves_lie_in_the_plane()
    {
        float[] rows = RandomFeatures.Rows(3, Width, 1);
        var fit = new SubspaceFit(Width);
        fit.Add(rows);
        Subspace plane = fit.Find(0.9999);
        Assert.Equal(2, plane.Count);
        Assert.All(plane.Residuals(rows), value => Assert.Equal(0, value, 1e-5f));
        Assert.All(plane.Residuals(RandomFeatures.Rows(5, Width, 2)), value => Assert.True(value > 0.05));
    }

    [Fact]
    public void Rows_that_are_all_alike_make_a_point()
    {
        var fit = new SubspaceFit(2);
        fit.Add([3, 4, 3, 4]);
        Subspace point = fit.Find(0.99);
        Assert.Equal((0, 2f), (point.Count, point.Residuals([4, 5])[0]));
        Assert.Throws<InvalidOperationException>(() => new SubspaceFit(2).Find(0.99));
    }

    [Fact]
    public void Parts_and_weights_add_up()
    {
        float[] first = RandomFeatures.Rows(9, Width, 3), second = RandomFeatures.Rows(5, Width, 4);
        SubspaceFit once = new(Width), parts = new(Width), more = new(Width);
        once.Add([.. first, .. first, .. second]);
        parts.Add(first, 2);
        more.Add(second);
        parts.Add(more);
        Subspace expected = once.Find(0.7), found = parts.Find(0.7);
        Assert.Equal(expected.Count, found.Count);
        float[] asked = RandomFeatures.Rows(20, Width, 5);
        foreach ((float one, float other) in expected.Residuals(asked).Zip(found.Residuals(asked))) Assert.Equal(one, other, 1e-5f);
    }

    [Fact]
    public void Whitened_sums_are_the_sums_of_whitened_rows()
    {
        float[] rows = RandomFeatures.Rows(30, Width, 6);
        float[] matrix = [.. Enumerable.Range(0, Width * Width).Select(i => i % Width <= i / Width ? MathF.Cos(i) + 2 : 0)];
        var whitening = new Whitening(RandomFeatures.Rows(1, Width, 7), matrix);
        SubspaceFit plain = new(Width), whitened = new(Width);
        plain.Add(rows);
        whitened.Add(whitening.Apply(rows));
        Subspace found = plain.Find(0.9, whitening), expected = whitened.Find(0.9);
        Assert.Equal(expected.Count, found.Count);
        float[] asked = whitening.Apply(RandomFeatures.Rows(20, Width, 8));
        foreach ((float one, float other) in expected.Residuals(asked).Zip(found.Residuals(asked))) Assert.Equal(one, other, 1e-3f * (1 + one));
    }
}
