using PromptAD.Evaluation.Advising;

namespace PromptAD.Evaluation.Tests.Advising;

public sealed class ShotSelectionTests
{
    [Fact]
    public void A_score_is_the_mean_of_the_most_anomalous_patches_to_the_nearest_reference()
    {
        // Picture 0 to 1 and to 2, two layers of three patches; the first layer counts three times the second.
        float[][] toOne = [[0.4f, 0.2f, 0.8f], [0, 0, 0]], toTwo = [[0.8f, 0.1f, 0.4f], [0.4f, 0.4f, 0.4f]];
        var distances = new PictureDistances([[[], toOne, toTwo], [toOne, [], toTwo], [toOne, toTwo, []]], [3, 1], topPatches: 2);
        Assert.Equal(((0.75 * 0.8) + (0.75 * 0.4)) / 2, distances.Score(0, [1]), 6);
        Assert.Equal(0.75 * 0.4, distances.Score(0, [1, 2]), 6); // 0.4, 0.1 and 0.4 at the first layer, 0 at the second
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1000)]
    public void A_memory_to_which_a_picture_comes_scores_as_all_of_its_pictures_together(int topPatches)
    {
        const int pictures = 5, layers = 2, patches = 30;
        var random = new Random(1);
        float[][][][] maps =
        [
            .. Enumerable.Range(0, pictures).Select(i => Enumerable.Range(0, pictures).Select(j => i == j
                ? []
                : Enumerable.Range(0, layers).Select(_ => Enumerable.Range(0, patches).Select(_ => random.NextSingle()).ToArray()).ToArray())
                .ToArray()),
        ];
        var distances = new PictureDistances(maps, weights: null, topPatches);
        int top = Math.Clamp(topPatches, 1, patches);
        double expected = Enumerable.Range(0, patches)
            .Select(patch => Enumerable.Range(0, layers).Average(layer => (double)new[] { 0, 1, 4 }.Min(j => maps[2][j][layer][patch])))
            .OrderDescending().Take(top).Average();
        Assert.Equal(expected, distances.Score(2, [0, 1, 4]), 6);
        Assert.Equal(distances.Score(2, [0, 1, 4]), distances.Score(2, distances.Nearest(2, [4, 0]), 1));
    }

    [Fact]
    public void One_of_each_kind_is_chosen()
    {
        // Two kinds of pictures on a line: 0, 1, 2 and 10, 11, 12. The middle of each serves all others.
        PictureDistances distances = OnALine(0, 10, 1, 11, 2, 12);
        Assert.Equal([2, 3], ShotSelection.Choose(distances, All(6), All(6), 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Finds_what_trying_all_sets_finds(int count)
    {
        double[] places = [3, 1, 4, 15, 9, 26, 5, 35];
        PictureDistances distances = OnALine(places);
        double best = Sets(places.Length, count).Min(set => ShotSelection.MeanScore(distances, set, All(places.Length)));
        int[] chosen = ShotSelection.Choose(distances, All(places.Length), All(places.Length), count);
        Assert.Equal(best, ShotSelection.MeanScore(distances, chosen, All(places.Length)), 9);
    }

    [Fact]
    public void Only_candidates_are_chosen_and_only_what_is_asked_about_is_judged()
    {
        PictureDistances distances = OnALine(0, 1, 2, 3, 4);
        Assert.Equal([1], ShotSelection.Choose(distances, [0, 1], All(5), 1));
        Assert.Equal([4], ShotSelection.Choose(distances, [2, 4], [3, 4], 1)); // 3 is as near to both, and 4 is far from 2
    }

    [Fact]
    public void Says_how_far_choosing_is()
    {
        var parts = new List<double>();
        ShotSelection.Choose(OnALine(0, 1, 2, 3), All(4), All(4), 2, parts.Add);
        Assert.Equal([0.25, 0.5, 0.75, 1], parts);
    }

    [Fact]
    public void Choosing_can_be_stopped() => Assert.Throws<OperationCanceledException>(
        () => ShotSelection.Choose(OnALine(0, 1, 2, 3), All(4), All(4), 2, done: null, new CancellationToken(canceled: true)));

    [Fact]
    public void A_picture_far_from_all_others_is_odd_and_those_of_an_even_spread_are_not()
    {
        (int[] odd, double[] scores, double usual) = ShotSelection.FindOdd(OnALine(0, 1, 2, 3, 90, 4, 5));
        Assert.Equal([4], odd);
        Assert.Equal((0.85, 0.01), (Math.Round(scores[4], 6), Math.Round(usual, 6)));
        Assert.Empty(ShotSelection.FindOdd(OnALine(0, 1, 2, 3, 4.2, 5, 6.4)).Odd);
        Assert.Empty(ShotSelection.FindOdd(OnALine(0, 1, 2, 90)).Odd); // of four, none can be told apart
    }

    [Fact]
    public void At_most_a_quarter_is_odd() =>
        Assert.Equal([6], ShotSelection.FindOdd(OnALine(0, 1, 2, 3, 40, 4, 90)).Odd);

    [Fact]
    public void Draws_at_random_are_worse_than_the_choice_and_the_same_for_a_seed()
    {
        PictureDistances distances = OnALine(0, 10, 1, 11, 2, 12);
        double chosen = ShotSelection.MeanScore(distances, ShotSelection.Choose(distances, All(6), All(6), 2), All(6));
        (double mean, Interval range) = ShotSelection.Draw(distances, All(6), 2, seed: 1);
        Assert.InRange(mean, range.Lower, range.Upper);
        Assert.True(chosen <= range.Lower);
        Assert.Equal((mean, range), ShotSelection.Draw(distances, All(6), 2, seed: 1));
    }

    private static int[] All(int count) => [.. Enumerable.Range(0, count)];

    /// <summary>Pictures of one patch whose distance is a hundredth of that of two places.</summary>
    private static PictureDistances OnALine(params double[] places) => new(
        [.. places.Select((from, i) => places.Select((to, j) => i == j ? [] : (float[][])[[(float)Math.Abs(from - to) / 100]]).ToArray())],
        weights: null, topPatches: 3);

    private static IEnumerable<int[]> Sets(int count, int size) => Enumerable.Range(0, 1 << count)
        .Select(bits => Enumerable.Range(0, count).Where(i => (bits >> i & 1) == 1).ToArray()).Where(set => set.Length == size);
}
