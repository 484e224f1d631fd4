using PromptAD.Client;
using PromptAD.Server.Pages.Limits;
using PromptAD.Server.Pages.Teach;

namespace PromptAD.Server.Tests.Pages;

/// <summary>What the teaching pages reckon, on its own.</summary>
public sealed class TeachPartTests
{
    [Theory]
    [InlineData("Chequer plate", "chequer-plate")]
    [InlineData("  Riffelblech, Größe 5 (neu) ", "riffelblech-groesse-5-neu")]
    [InlineData("Straße", "strasse")]
    [InlineData("花纹板", "")]
    [InlineData("--", "")]
    public void A_name_becomes_an_id(string name, string id) => Assert.Equal(id, ProductName.IdOf(name));

    [Fact]
    public void A_long_name_becomes_an_id_that_is_taken() => Assert.Equal(64, ProductName.IdOf(new string('a', 100)).Length);

    [Fact]
    public void Words_are_split_and_come_once() => Assert.Equal(["scratch", "deep dent"], ProductName.WordsOf(" scratch, deep dent;scratch、,"));

    [Fact]
    public void Each_file_of_a_drop_is_counted_once_and_its_reason_is_known()
    {
        var tally = new UploadTally();
        tally.Begin(900);
        (int Status, string? Kind, string Reason)[] refused =
        [
            (0, "video", "TeachRefusedVideo"), (0, "other", "TeachRefusedKind"), (415, null, "TeachRefusedKind"), (422, "other", "TeachRefusedKind"), (0, "empty", "TeachRefusedEmpty"),
            (0, "unreadable", "TeachRefusedUnreadable"), (403, null, "MayNot"), (413, null, "TeachRefusedLarge"), (422, null, "TeachRefusedDamaged"),
            (507, null, "TeachRefusedFull"), (400, null, "TeachRefusedOther"),
        ];
        tally.Add(new UploadReport("a", 201, null, null));
        tally.Add(new UploadReport("b", 200, null, null));
        foreach ((int status, string? kind, _) in refused) tally.Add(new UploadReport("c", status, kind, null));

        Assert.Equal((900, UploadTally.Most, 1, 1, 13), (tally.Given, tally.Taken, tally.Added, tally.Same, tally.Done));
        Assert.Equal(refused.Select(one => one.Reason), tally.Refused.Select(one => one.Reason));
        tally.Begin(2); // more while some are on their way
        Assert.Equal((902, UploadTally.Most + 2, 13), (tally.Given, tally.Taken, tally.Done));
        for (int i = 13; i < UploadTally.Most + 2; i++) tally.Add(new UploadReport("d", 201, null, null));
        tally.Begin(3);
        Assert.Equal((3, 3, 0, 0), (tally.Given, tally.Taken, tally.Done, tally.Refused.Count));
    }

    [Fact]
    public void Pictures_that_do_not_go_with_the_others_are_found()
    {
        PictureTrial[] trials =
        [
            .. Enumerable.Range(1, 5).Select(i => new PictureTrial { Picture = i, Width = 100, Height = 80 }),
            new PictureTrial { Picture = 6, Width = 200, Height = 160 }, // the same shape
            new PictureTrial { Picture = 7, Width = 80, Height = 100, Gray = true },
            new PictureTrial { Picture = 8, Width = 100, Height = 80, Unfamiliar = true },
        ];

        IReadOnlyDictionary<long, IReadOnlyList<string>> found = PictureCheck.Find(trials);

        Assert.Equal([6, 7, 8], found.Keys.Order());
        Assert.Equal(["TeachMarkSize"], found[6]);
        Assert.Equal(["TeachMarkShape", "TeachMarkColor"], found[7]);
        Assert.Equal(["TeachMarkUnfamiliar"], found[8]);
        Assert.Empty(PictureCheck.Find([]));
    }

    [Theory]
    [InlineData(0.25, 0.25, 0.75, 0.5, 25, 20, 50, 20)]
    [InlineData(0.75, 0.5, 0.25, 0.25, 25, 20, 50, 20)]
    [InlineData(-1, -1, 2, 2, 0, 0, 100, 80)]
    [InlineData(1, 1, 1, 1, 99, 79, 1, 1)]
    public void A_drawn_region_lies_in_the_picture(double left, double top, double right, double bottom, int x, int y, int width, int height) =>
        Assert.Equal(new TrainingRegion(x, y, width, height), RegionShape.Between(left, top, right, bottom, 100, 80));

    [Fact]
    public void An_entered_region_lies_in_the_picture() =>
        Assert.Equal(new TrainingRegion(90, 0, 10, 80), RegionShape.Within(new TrainingRegion(90, -5, 500, 500), 100, 80));

    [Fact]
    public void Limits_push_each_other_and_never_cross()
    {
        var limits = new LimitPair(0.2f, 0.5f);
        Assert.Equal(new LimitPair(0.3f, 0.5f), limits.WithReview(0.3f));
        Assert.Equal(new LimitPair(0.6f, 0.6f), limits.WithReview(0.6f));
        Assert.Equal(new LimitPair(0.1f, 0.1f), limits.WithNG(0.1f));
    }

    [Fact]
    public void Scores_and_limits_are_all_in_the_drawing()
    {
        ScoreHistogram histogram = ScoreShape.Bin([(0.1f, false), (0.2f, false), (0.2f, false), (0.9f, true)], 4);
        var shape = new ScoreShape(histogram, ScoreShape.RangeOf(histogram, 0.5f, 1.5f, null, float.PositiveInfinity));

        Assert.Equal((4, 3, 1), (histogram.Inspections, histogram.Bins.Sum(one => one.Good), histogram.Bins.Sum(one => one.Defect)));
        Assert.True(shape.From < 0.1 && shape.To > 1.5);
        Assert.InRange(shape.At(0.5), 1, ScoreShape.Width - 1);
        Assert.Equal((0, ScoreShape.Width), (shape.At(-9), shape.At(9)));
        Assert.Equal(ScoreShape.Height, shape.HeightOf(3));
        Assert.True(shape.HeightOf(1) > ScoreShape.Height / 3);
        Assert.Equal(0, shape.HeightOf(0));
        Assert.Single(ScoreShape.Bin([(0.3f, false), (0.3f, true)], 10).Bins);
        Assert.Empty(ScoreShape.Bin([], 10).Bins);
        Assert.Equal(0, ScoreShape.RangeOf(new ScoreHistogram()).From);
    }

    [Theory]
    [InlineData(null, 0, 0, "good", "TeachStateNew")]
    [InlineData(null, 3, 0, "train", "TeachStateTrain")]
    [InlineData(null, 3, 1, "calibrate", "TeachStateChoose")]
    [InlineData(1, 3, 1, "calibrate", "TeachStateReady")]
    [InlineData(1, 0, 1, "versions", "TeachStateReady")]
    public void The_next_step_is_the_first_that_is_not_done(int? active, int good, int versions, string step, string state)
    {
        var product = new ProductInfo { ActiveVersion = active, GoodPictures = good, Versions = versions };
        Assert.Equal(step, TeachStep.Of(null, product).Key);
        Assert.Equal("versions", TeachStep.Of("versions", product).Key);
        Assert.Equal(state, TeachStep.StateOf(product));
    }
}
