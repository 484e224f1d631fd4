using PromptAD.Evaluation.Features;

namespace PromptAD.Evaluation.Tests;

public sealed class WindowGridTests
{
    [Fact]
    public void Slides_over_the_grid_by_one_patch()
    {
        var grid = new WindowGrid(grid: 3, side: 2);

        Assert.Equal([[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]], grid.Windows);
        Assert.Equal([196, 169], WindowGrid.All(15).Select(scale => scale.Windows.Count)); // as in ViT-B-16-plus-240
        Assert.Single(WindowGrid.All(2));
    }

    [Fact]
    public void Gives_a_patch_the_harmonic_mean_of_its_windows()
    {
        float[] patches = new WindowGrid(grid: 3, side: 2).ToPatches([0.5f, 0.25f, 1, 0.2f]);

        Assert.Equal(0.5f, patches[0], 1e-6f);
        Assert.Equal(2 / (2f + 4), patches[1], 1e-6f);
        Assert.Equal(2 / (2f + 1), patches[3], 1e-6f);
        Assert.Equal(4 / (2f + 4 + 1 + 5), patches[4], 1e-6f);
        Assert.Equal(0.2f, patches[8], 1e-6f);
    }

    [Fact]
    public void Leaves_a_patch_without_score_where_a_window_is_fully_normal() =>
        Assert.Equal([0, 0, 0, 0, 0], new WindowGrid(grid: 3, side: 2).ToPatches([0, 0.25f, 1, 0.2f]).Where((_, i) => i is 0 or 1 or 3 or 4).Append(0));
}
