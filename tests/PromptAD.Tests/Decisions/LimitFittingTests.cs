using PromptAD.Decisions;

namespace PromptAD.Tests.Decisions;

public sealed class LimitFittingTests
{
    [Fact]
    public void Many_further_pictures_give_guarantees_and_none_give_estimates()
    {
        Limits many = LimitFitting.Fit(Further(99), new LimitOptions());
        Assert.Equal([LimitBasis.Guaranteed, LimitBasis.Guaranteed, LimitBasis.Guaranteed], Bases(many));
        Assert.Equal(0.295f, many.Review.Score, 1e-6f); // the 95th and 99th of 0.201 to 0.299
        Assert.Equal(0.299f, many.NG.Score, 1e-6f);
        Assert.Equal(0.395f, many.Pixel.Score, 1e-6f);
        Assert.Empty(LimitFitting.Warnings(Further(99), many));

        Limits few = LimitFitting.Fit(Further(30), new LimitOptions());
        Assert.Equal([LimitBasis.Guaranteed, LimitBasis.Estimated, LimitBasis.Guaranteed], Bases(few));
        Assert.True(few.NG.Score > few.Review.Score);
        string warning = Assert.Single(LimitFitting.Warnings(Further(30), few));
        Assert.Contains("the NG limit is an estimate", warning);
        Assert.Contains("99 good pictures that were not learned from, 69 more than now", warning);

        Limits none = LimitFitting.Fit(Shots, new LimitOptions());
        Assert.Equal([LimitBasis.Estimated, LimitBasis.Estimated, LimitBasis.Estimated], Bases(none));
        Assert.Equal(3, LimitFitting.Warnings(Shots, none).Count);
    }

    [Fact]
    public void A_single_picture_and_pictures_all_alike_are_warned_of()
    {
        var single = new GoodScores([new(0, 0.2f, 0.3f), new(0, 0.21f, 0.3f)], []);
        Assert.Contains(LimitFitting.Warnings(single, LimitFitting.Fit(single, new LimitOptions())), text => text.Contains("single picture"));
        var further = new GoodScores(Shots.Shots, [new(0, 0.2f, 0.3f)]);
        Assert.Contains(
            LimitFitting.Warnings(further, LimitFitting.Fit(further, new LimitOptions())), text => text.Contains("rests on a single picture"));
        foreach (int count in (int[])[3, 8, 99]) // estimates, guarantees
        {
            var alike = new GoodScores([], [.. Enumerable.Range(0, count).Select(i => new GoodScore(i, 0.2f, 0.3f))]);
            IReadOnlyList<string> said = LimitFitting.Warnings(alike, LimitFitting.Fit(alike, new LimitOptions()));
            Assert.Contains(said, text => text.Contains("nearly the same"));
        }
        var byHand = new LimitOptions { ReviewScore = 0.3f, NGScore = 0.4f, PixelScore = 0.5f };
        var same = new GoodScores([], [new(0, 0.2f, 0.3f), new(1, 0.2f, 0.3f)]);
        Assert.Empty(LimitFitting.Warnings(same, LimitFitting.Fit(same, byHand)));
    }

    [Theory]
    [InlineData(0.513f, 0.515f)] // two that are left out in turn score alike, whatever they show
    [InlineData(0.513f, 0.513f)]
    [InlineData(0.565f, 0.5655f, 0.5657f, 0.5642f)] // four pieces of cork
    public void Different_parts_that_score_alike_are_not_taken_for_one(params float[] scores)
    {
        var good = new GoodScores([.. scores.Select((score, source) => new GoodScore(source, score, score))], []);
        Assert.DoesNotContain(LimitFitting.Warnings(good, LimitFitting.Fit(good, new LimitOptions())), text => text.Contains("nearly the same"));
    }

    [Fact]
    public void Further_pictures_that_score_elsewhere_than_those_learned_from_narrow_the_limits_with_each()
    {
        // Leather: left out in turn, those learned from score 0.51 to 0.54, and others 0.58 to 0.59.
        GoodScore[] learned = [.. ((float[])[0.513f, 0.542f, 0.526f, 0.539f]).Select((score, source) => new GoodScore(source, score, score))];
        float[] others = [0.584f, 0.586f, 0.581f, 0.582f];
        Limits before = Fit(1);
        Assert.InRange(before.Review.Score, 0.60f, 0.63f);
        Assert.InRange(before.NG.Score, before.Review.Score, 0.65f);
        for (int count = 2; count <= others.Length; count++)
        {
            Limits now = Fit(count);
            Assert.True(now.Review.Score < before.Review.Score && now.NG.Score < before.NG.Score && now.Pixel.Score < before.Pixel.Score);
            before = now;
        }

        Limits Fit(int count) => LimitFitting.Fit(
            new GoodScores(learned, [.. others.Take(count).Select((score, source) => new GoodScore(source, score, score))]), new LimitOptions());
    }

    [Fact]
    public void Fewer_good_parts_above_is_a_higher_limit()
    {
        float before = 0;
        foreach (double rate in (double[])[0.5, 0.2, 0.1, 0.05, 0.01, 0.001])
        {
            float limit = LimitFitting.Fit(Shots, new LimitOptions { ReviewRate = 0.5, NGRate = rate }).NG.Score;
            Assert.True(limit > before, $"{rate}: {limit} and {before}");
            before = limit;
        }
    }

    [Fact]
    public void Scores_that_are_given_are_taken_and_move_no_other_limit()
    {
        Limits given = LimitFitting.Fit(Shots, new LimitOptions { ReviewScore = 0.4f, NGScore = 0.6f, PixelScore = 0.5f });
        Assert.Equal((0.4f, 0.6f, 0.5f), (given.Review.Score, given.NG.Score, given.Pixel.Score));
        Assert.Equal([LimitBasis.Given, LimitBasis.Given, LimitBasis.Given], Bases(given));
        Assert.Null(given.NG.Rate);

        Limits found = LimitFitting.Fit(Further(99), new LimitOptions());
        Assert.Equal(found.NG, LimitFitting.Fit(Further(99), new LimitOptions { ReviewScore = 0.1f }).NG);
        Assert.Equal(found.Review, LimitFitting.Fit(Further(99), new LimitOptions { NGScore = 0.9f }).Review);
    }

    [Fact]
    public void A_score_that_crosses_a_limit_that_was_found_is_refused()
    {
        Assert.Equal(
            "The review limit, 0.2950 for a rate of 5 %, lies above the NG limit, 0.01 as given. Give a higher score, or the "
            + "other limit as a score, too, with LimitOptions.ReviewScore.",
            Refused(new LimitOptions { NGScore = 0.01f }));
        Assert.Equal(
            "The review limit, 0.99 as given, lies above the NG limit, 0.2990 for a rate of 1 %. Give a lower score, or the "
            + "other limit as a score, too, with LimitOptions.NGScore.",
            Refused(new LimitOptions { ReviewScore = 0.99f }));

        static string Refused(LimitOptions options) =>
            Assert.Throws<PromptADException>(() => LimitFitting.Fit(Further(99), options)).Message;
    }

    [Fact]
    public void Of_two_limits_that_were_found_NG_gives_way_and_promises_no_more_than_it_can()
    {
        // Nineteen scores and one far above them: the count of 5 % takes it, the fit of 4.9 % stays below it.
        var wide = new GoodScores([], [.. Enumerable.Range(0, 19).Select(i => new GoodScore(i, i == 0 ? 0.9f : 0.2f + (i * 0.001f), 0.3f))]);
        Limits limits = LimitFitting.Fit(wide, new LimitOptions { NGRate = 0.049 });
        Assert.Equal(new Limit(0.9f, 0.05, LimitBasis.Guaranteed), limits.Review);
        Assert.Equal(new Limit(0.9f, 0.049, LimitBasis.Estimated), limits.NG);
    }

    [Fact]
    public void Refuses_limits_that_cannot_be()
    {
        Assert.Contains("The review limit is 0.7 and the NG limit 0.6", Refused(new LimitOptions { ReviewScore = 0.7f, NGScore = 0.6f }));
        Assert.Contains("The review rate is 0.01 and the NG rate 0.02", Refused(new LimitOptions { ReviewRate = 0.01, NGRate = 0.02 }));
        Assert.Contains("NGRate is 0; it must lie between 0.0001 and 0.5", Refused(new LimitOptions { NGRate = 0 }));
        Assert.Contains("NGScore is 1; it must lie between 0 and 1, without these two.", Refused(new LimitOptions { NGScore = 1 }));
        Assert.Contains("ReviewScore is 0;", Refused(new LimitOptions { ReviewScore = 0 }));
        Assert.Contains("NGScore is NaN", Refused(new LimitOptions { NGScore = float.NaN }));
        Assert.Contains("PixelScore is NaN", Refused(new LimitOptions { PixelScore = float.NaN }));
        Assert.Contains("add good pictures", Assert.Throws<PromptADException>(() => LimitFitting.Fit(new([], []), new LimitOptions())).Message);

        static string Refused(LimitOptions options) => Assert.Throws<PromptADException>(() => LimitFitting.Fit(Shots, options)).Message;
    }

    [Fact]
    public void Verdicts_and_normalised_scores_follow_the_limits()
    {
        var limits = new Limits(new(0.3f, 0.05, LimitBasis.Estimated), new(0.4f, 0.01, LimitBasis.Estimated), new(0.5f, null, LimitBasis.Given));
        Assert.Equal(
            [Verdict.OK, Verdict.OK, Verdict.Review, Verdict.Review, Verdict.NG],
            ((float[])[0, 0.3f, 0.301f, 0.4f, 0.401f]).Select(limits.Judge));
        Assert.Equal((0f, 0.5f, 1f), (limits.Normalize(0), limits.Normalize(0.4f), limits.Normalize(1)));
        Assert.Equal(0.6 * 0.6 / ((0.6 * 0.6) + (0.4 * 0.4)), limits.Normalize(0.6f), 1e-6);
        float before = -1;
        for (int i = 0; i <= 10_000; i++)
        {
            float normalized = limits.Normalize(i / 10_000f);
            Assert.True(normalized > before);
            before = normalized;
        }
        var extreme = limits with { NG = new Limit(1, null, LimitBasis.Given) };
        Assert.InRange(extreme.Normalize(1), 0.5f, 1);
    }

    private static GoodScores Shots { get; } = new(
        [.. Enumerable.Range(0, 40).Select(i => new GoodScore(i / 10, 0.2f + (i / 10 * 0.01f) + (i % 10 * 0.001f), 0.3f + (i * 0.001f)))], []);

    private static GoodScores Further(int count) =>
        new(Shots.Shots, [.. Enumerable.Range(0, count).Select(i => new GoodScore(i, 0.201f + (i * 0.001f), 0.301f + (i * 0.001f)))]);

    private static LimitBasis[] Bases(Limits limits) => [limits.Review.Basis, limits.NG.Basis, limits.Pixel.Basis];
}
