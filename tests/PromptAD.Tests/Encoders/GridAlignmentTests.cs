using PromptAD.Encoders;

namespace PromptAD.Tests.Encoders;

public sealed class GridAlignmentTests
{
    [Fact]
    public void The_same_grid_changes_nothing()
    {
        float[] rows = [1, 2, 3, 4], aligned = new float[4];
        GridAlignment.Align(rows, new PatchGrid(2), new PatchGrid(2), aligned);
        Assert.Equal(rows, aligned);
    }

    [Fact]
    public void Finer_patches_lie_between_the_middles_of_coarser_ones_and_keep_the_outermost_values()
    {
        float[] rows = [0, 8, 16, 24], aligned = new float[16]; // one channel, 2 x 2
        GridAlignment.Align(rows, new PatchGrid(2), new PatchGrid(4), aligned);
        Assert.Equal([0, 2, 6, 8], aligned[..4]);
        Assert.Equal([4, 6, 10, 12], aligned[4..8]);
        Assert.Equal([16, 18, 22, 24], aligned[12..]);
    }

    [Fact]
    public void A_slope_stays_a_slope_whatever_the_grids_and_their_offsets()
    {
        var from = new PatchGrid(6, Offset: -0.25);
        var to = new PatchGrid(9, Offset: 0.1);
        float[] rows = [.. Enumerable.Range(0, 36).SelectMany(i => (float[])[(float)from.Middle(i % 6) / 6, (float)from.Middle(i / 6) / 6])];
        var aligned = new float[2 * 81];
        GridAlignment.Align(rows, from, to, aligned);
        for (int i = 0; i < 81; i++)
        {
            double x = Math.Clamp(to.Middle(i % 9) / 9, from.Middle(0) / 6, from.Middle(5) / 6);
            double y = Math.Clamp(to.Middle(i / 9) / 9, from.Middle(0) / 6, from.Middle(5) / 6);
            Assert.Equal(x, aligned[2 * i], 1e-6);
            Assert.Equal(y, aligned[(2 * i) + 1], 1e-6);
        }
    }
}
