using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;

namespace PromptAD.Tests.Detectors;

public sealed class FeedbackTests : DetectorTest
{
    [Fact]
    public void A_falsely_rejected_part_turns_OK_and_others_change_little()
    {
        using AnomalyDetector detector = WithLimits();
        string rejected = Save(5);
        float other = detector.Predict(Frame(Noise(9))).Score;
        Verdict before = detector.Predict(rejected).Verdict;

        FeedbackReport report = detector.LearnFalseReject(rejected, Everything);

        Assert.NotEqual(Verdict.OK, before);
        Assert.Equal((before, Verdict.OK), (report.Before, report.After));
        Prediction after = detector.Predict(rejected);
        Assert.Equal((Verdict.OK, report.Entry!.ScoreAfter), (after.Verdict, after.Score));
        Assert.True(after.Score < report.Entry.ScoreBefore);
        Assert.InRange(detector.Predict(Frame(Noise(9))).Score, other * 0.5f, other);
        Assert.Equal((1, "5.png"), (report.Entry.Number, report.Entry.Picture));
        Assert.InRange(report.Entry.Patches, 1, 16);
    }

    [Fact]
    public void Undoing_gives_the_same_bytes_back_also_from_the_file()
    {
        byte[] before;
        using (AnomalyDetector detector = WithLimits())
        {
            detector.Save(File);
            before = System.IO.File.ReadAllBytes(File);
            detector.LearnFalseReject(Save(5), Everything);
            detector.LearnFalseReject(Save(6), Everything);
            detector.Save(File);
        }
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone);
        Assert.Equal(["5.png", "6.png"], loaded.FeedbackHistory.Select(entry => entry.Picture));
        Assert.Equal("6.png", loaded.UndoFeedback().Picture);
        Assert.Equal("5.png", loaded.UndoFeedback().Picture);
        loaded.Save(File);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        Assert.Contains("nothing to undo", Refused(() => loaded.UndoFeedback()).Message);
    }

    [Fact]
    public void A_kept_defect_that_would_turn_OK_stops_the_feedback_unless_it_is_forced()
    {
        using AnomalyDetector detector = WithLimits();
        string defect = Save(5);
        Assert.True(detector.AddReferencePicture(defect, isGood: false));
        Assert.False(detector.AddReferencePicture(defect, isGood: false)); // not twice
        Assert.True(detector.AddReferencePicture(Save(0), isGood: true));
        Assert.Equal([("5.png", false), ("0.png", true)], detector.ReferencePictures);
        detector.Save(File);
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone);

        PromptADException refusal = Refused(() => loaded.LearnFalseReject(defect, Everything with { Force = false }));

        Assert.Matches("is far from all|kept defect '5.png' would turn", refusal.Message);
        Assert.Empty(loaded.FeedbackHistory);
        FeedbackReport forced = loaded.LearnFalseReject(defect, Everything);
        ReferencePictureCheck check = Assert.Single(forced.Checks, check => !check.IsGood);
        Assert.Equal((forced.Entry!.ScoreBefore, forced.Entry.ScoreAfter, Verdict.OK), (check.Before, check.After, check.VerdictAfter));
    }

    [Fact]
    public void Judging_and_keeping_at_once_is_as_doing_the_one_and_the_other()
    {
        using AnomalyDetector once = WithLimits(), twice = WithLimits();
        string defect = Save(5);

        (Prediction judged, bool isNew) = once.PredictAndReference(defect, isGood: false);

        Assert.True(isNew);
        Assert.False(once.PredictAndReference(defect, isGood: false).IsNew);
        twice.AddReferencePicture(defect, isGood: false);
        Prediction alone = twice.Predict(defect);
        Assert.Equal((alone.Score, alone.TextScore, alone.VisualScore), (judged.Score, judged.TextScore, judged.VisualScore));
        Assert.Equal(alone.Map.Values.ToArray(), judged.Map.Values.ToArray());
        Assert.Equal([("5.png", false)], once.ReferencePictures);
        Assert.Equal(SavedFile(twice), SavedFile(once));
    }

    [Fact]
    public void A_defect_that_was_kept_by_mistake_is_forgotten_and_feedback_is_not_checked_with_it()
    {
        using AnomalyDetector detector = WithLimits();
        detector.AddReferencePicture(Save(0), isGood: true);
        byte[] before = SavedFile(detector);
        string mistaken = Save(5);
        detector.AddReferencePicture(mistaken, isGood: false);

        Assert.Equal(1, detector.RemoveReferenceDefect("5.png"));

        Assert.Equal(before, SavedFile(detector));
        Assert.DoesNotContain(detector.LearnFalseReject(mistaken, Everything).Checks, check => !check.IsGood);
        foreach (string name in (string[])["5.png", "0.png"]) // the other one is kept as good
            Assert.Contains($"no reference picture of a defect named '{name}'", Refused(() => detector.RemoveReferenceDefect(name)).Message);
    }

    [Fact]
    public void A_picture_of_another_product_is_refused_whatever_its_verdict()
    {
        using AnomalyDetector detector = WithLimits();
        detector.SetLimits(new LimitOptions { ReviewScore = 0.999999f, NGScore = 0.999999f, PixelScore = 1 });
        byte[] dark = new byte[40 * 30 * 3];
        dark[0] = 9; // no single colour, which says nothing
        PictureEncoder.Save(Frame(dark), InFolder("black.png"));
        Assert.Equal(Verdict.OK, detector.Predict(InFolder("black.png")).Verdict);
        Assert.Contains("black.png' is far from all that the detector knows", Refused(() => detector.LearnFalseReject(InFolder("black.png"))).Message);
        FeedbackReport forced = detector.LearnFalseReject(InFolder("black.png"), new FeedbackOptions { Force = true });
        Assert.Equal((null, Verdict.OK), (forced.Entry, forced.Before));
    }

    [Fact]
    public void Only_the_patches_beyond_the_limit_are_remembered_and_one_of_those_that_are_alike()
    {
        // Two layers of one channel pair; the memory knows (1, 0), the picture shows it twice, and (0, 1) three times.
        var bank = new MemoryBank([[1, 0], [1, 0]], 2);
        float[] rows = [1, 0, 0, 1, 0, 1, 1, 0, 0, 2];
        IReadOnlyList<int> chosen = NewPatches.Choose(bank, [rows, rows], among: null, limit: 0.1f);
        Assert.Equal([1], chosen);
        MemoryBank larger = bank.With(bank.Of(Channels.Pick([rows, rows], chosen, [2, 2])));
        Assert.All(larger.VisualMap([rows, rows]), distance => Assert.Equal(0, distance, 1e-6f));
        Assert.Equal(bank.Layers, larger.Without(1).Layers);
        Assert.Empty(NewPatches.Choose(bank, [rows, rows], among: null, limit: 0.6f));
        Assert.Empty(NewPatches.Choose(bank, [rows, rows], among: [0, 3], limit: 0.1f));
    }

    [Fact]
    public void Refuses_without_limits_and_says_that_a_good_picture_is_OK_already()
    {
        using AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        Assert.Contains("with AnomalyDetector.Calibrate", Refused(() => detector.LearnFalseReject(Save(5))).Message);
        detector.SetLimits(new LimitOptions { ReviewScore = 0.999999f, NGScore = 0.999999f, PixelScore = 1 });
        FeedbackReport report = detector.LearnFalseReject(Save(0));
        Assert.Equal((null, Verdict.OK, Verdict.OK), (report.Entry, report.Before, report.After));
        Assert.Contains("Novelty is 1000", Refused(() => detector.LearnFalseReject(Save(5), new FeedbackOptions { Novelty = 1000 })).Message);
    }

    [Fact]
    public void A_picture_that_feedback_learned_from_does_not_count_when_calibrating_also_from_the_file()
    {
        using (AnomalyDetector detector = WithLimits())
        {
            // Little of it is remembered, so that its distance does not betray it.
            detector.LearnFalseReject(Save(5), new FeedbackOptions { Novelty = 0, Force = true });
            detector.LearnFalseReject(Save(6), Everything);
            detector.Save(File);
        }
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone);
        Assert.Equal(3, loaded.Calibrate(((int[])[5, 10, 11, 6, 12]).Select(seed => loaded.Predict(Frame(Noise(seed))))).Counted);
        loaded.UndoFeedback();
        Assert.Equal(4, loaded.Calibrate(((int[])[5, 10, 11, 6, 12]).Select(seed => loaded.Predict(Frame(Noise(seed))))).Counted);
    }

    [Fact]
    public void What_was_predicted_with_feedback_that_is_undone_calibrates_nothing()
    {
        using AnomalyDetector detector = WithLimits();
        Prediction[] before = [.. ((int[])[10, 11, 12, 13]).Select(seed => detector.Predict(Frame(Noise(seed))))];
        detector.LearnFalseReject(Save(5), Everything);
        Prediction[] after = [.. ((int[])[10, 11, 12, 13]).Select(seed => detector.Predict(Frame(Noise(seed))))];

        Assert.Equal(4, detector.Calibrate(before).Counted); // feedback that came since only lowers scores
        Assert.Equal(4, detector.Calibrate(after).Counted);
        detector.UndoFeedback();

        byte[] known = SavedFile(detector);
        Assert.Equal(Problem.Conflict, Refused(() => detector.Calibrate(after)).Problem);
        Assert.Equal(known, SavedFile(detector));
    }

    [Fact]
    public void Undoing_a_feedback_that_the_limits_were_found_after_takes_their_guarantee_until_calibrated_again()
    {
        using AnomalyDetector detector = WithLimits();
        var options = new LimitOptions { ReviewRate = 0.5, NGRate = 0.3, PixelRate = 0.3 };
        detector.LearnFalseReject(Save(5), Everything);
        Assert.Equal(4, Calibrate());
        byte[] calibrated = SavedFile(detector);
        detector.SetLimits(new LimitOptions { ReviewScore = 1e-6f, NGScore = 1e-6f, PixelScore = 1 });
        detector.LearnFalseReject(Save(6), Everything);
        detector.UndoFeedback(); // of one that was learned since
        detector.SetLimits(options);
        Assert.Equal(calibrated, SavedFile(detector));
        Limits before = detector.Limits!;
        Assert.Equal([LimitBasis.Guaranteed, LimitBasis.Guaranteed, LimitBasis.Guaranteed], Bases());
        Assert.DoesNotContain(GoodScores.Outdated, detector.LimitWarnings);

        detector.UndoFeedback();

        Assert.Equal([LimitBasis.Estimated, LimitBasis.Estimated, LimitBasis.Estimated], Bases());
        Assert.Equal((before.Review.Score, before.NG.Score), (detector.Limits!.Review.Score, detector.Limits.NG.Score));
        detector.Save(File);
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone);
        Assert.Equal(detector.Limits, loaded.Limits);
        loaded.SetLimits(options); // finds no guarantee in the old scores
        Assert.Equal(detector.Limits, loaded.Limits);
        Assert.Contains(GoodScores.Outdated, loaded.LimitWarnings);
        Assert.Equal(4, Calibrate());
        Assert.Equal([LimitBasis.Guaranteed, LimitBasis.Guaranteed, LimitBasis.Guaranteed], Bases());

        int Calibrate() => detector.Calibrate(((int[])[10, 11, 12, 13]).Select(seed => detector.Predict(Frame(Noise(seed)))), options).Counted;

        LimitBasis[] Bases() => [detector.Limits!.Review.Basis, detector.Limits.NG.Basis, detector.Limits.Pixel.Basis];
    }

    [Fact]
    public void A_history_that_the_memory_cannot_have_is_refused()
    {
        using (AnomalyDetector detector = WithLimits())
        {
            detector.LearnFalseReject(Save(5), Everything);
            detector.Save(File);
        }
        Rewrite(metadata: json => json["history"]![0]!["patches"] = 100_000);
        Assert.Contains("its history tells of more patches", Refused(() => Detector.Load(File)).Message);
    }

    private static FeedbackOptions Everything => new() { Novelty = -3, Force = true };

    private byte[] SavedFile(AnomalyDetector detector)
    {
        string path = File + ".saved";
        detector.Save(path);
        return System.IO.File.ReadAllBytes(path);
    }

    /// <summary>The detector with limits that reject two pictures.</summary>
    private AnomalyDetector WithLimits()
    {
        AnomalyDetector detector = AnomalyDetector.Load(File, Backbone);
        float limit = 0.9f * Math.Min(detector.Predict(Frame(Noise(5))).Score, detector.Predict(Frame(Noise(6))).Score);
        detector.SetLimits(new LimitOptions { ReviewScore = limit, NGScore = limit, PixelScore = 1 });
        return detector;
    }

    [Fact]
    public void A_picture_of_one_colour_teaches_nothing_good()
    {
        using AnomalyDetector detector = WithLimits();
        string black = InFolder("black.png");
        PictureEncoder.Save(Frame(new byte[40 * 30 * 3]), black);
        string expected = $"'{black}' has one colour all over, so nothing can be learned from it. Check its exposure, and give pictures of good "
            + "parts.";
        Assert.Equal(expected, Refused(() => detector.LearnFalseReject(black, Everything)).Message);
        Assert.Equal(expected, Refused(() => detector.AddReferencePicture(black, isGood: true)).Message);
        Assert.Equal(expected, Refused(() => detector.Calibrate([detector.Predict(black)])).Message);
        Assert.Empty(detector.ReferencePictures);
        Assert.True(detector.AddReferencePicture(black, isGood: false)); // a missing part is a defect
    }
}
