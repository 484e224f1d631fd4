using PromptAD.Evaluation.Protocols;

namespace PromptAD.Evaluation.Tests.Protocols;

public sealed class ShotTests
{
    [Fact]
    public void Draws_the_same_pictures_for_the_same_seed_and_fewer_from_among_more()
    {
        Category category = Named("part", 20);
        IReadOnlyList<string> four = ShotDraw.BySeed(category, 4, seed: 3).Paths;
        Assert.Equal(four, ShotDraw.BySeed(category, 4, seed: 3).Paths);
        Assert.Equal(four.Take(2), ShotDraw.BySeed(category, 2, seed: 3).Paths);
        Assert.Equal(4, four.Distinct().Count());
        Assert.NotEqual(four, ShotDraw.BySeed(category, 4, seed: 4).Paths);
    }

    [Fact]
    public void Draws_every_picture_about_equally_often()
    {
        Category category = Named("part", 5);
        ILookup<string, string> drawn = Enumerable.Range(0, 1000).SelectMany(seed => ShotDraw.BySeed(category, 1, seed).Paths).ToLookup(path => path);
        Assert.Equal(5, drawn.Count);
        Assert.All(drawn, picture => Assert.InRange(picture.Count(), 150, 250));
    }

    [Fact]
    public void Takes_the_published_pictures_of_a_known_category()
    {
        ShotDraw draw = ShotDraw.Published(Named("bottle", 209), 2, seed: 5);
        Assert.True(draw.IsPublished);
        Assert.Equal(["101", "048"], draw.Paths);
    }

    [Theory]
    [InlineData("bottle", 209, 3)] // no list for three shots
    [InlineData("bottle", 50, 2)] // fewer pictures than the list needs
    [InlineData("bolt", 209, 2)] // not of the published runs
    public void Draws_by_seed_where_no_published_list_fits(string category, int pictures, int shots)
    {
        ShotDraw draw = ShotDraw.Published(Named(category, pictures), shots, seed: 5);
        Assert.False(draw.IsPublished);
        Assert.Equal(ShotDraw.BySeed(Named(category, pictures), shots, seed: 5).Paths, draw.Paths);
    }

    private static Category Named(string name, int pictures) =>
        new() { Name = name, Root = "", TrainGood = [.. Enumerable.Range(0, pictures).Select(i => $"{i:000}")], Test = [] };
}
