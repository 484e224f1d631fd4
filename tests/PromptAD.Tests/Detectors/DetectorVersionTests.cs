using System.Collections.Concurrent;
using PromptAD.Encoders;

namespace PromptAD.Tests.Detectors;

/// <summary>A detector is a value; what judges with it takes one version for each prediction.</summary>
public sealed class DetectorVersionTests : DetectorTest
{
    private static readonly LimitOptions Strict = new() { ReviewScore = 1e-6f, NGScore = 1e-6f, PixelScore = 1 };

    private static readonly FeedbackOptions Everything = new() { Novelty = -3, Force = true };

    [Fact]
    public void Moved_limits_make_another_detector_and_leave_the_first_as_it_was()
    {
        Detector first = Detector.Load(File);
        Detector second = first.WithLimits(Strict), third = second.WithLimits(Strict with { NGScore = 0.5f });

        Assert.Null(first.Limits);
        Assert.Equal((1e-6f, 0.5f), (second.Limits!.NG.Score, third.Limits!.NG.Score));
    }

    [Fact]
    public void Undoing_the_only_feedback_gives_the_detector_from_before()
    {
        using AnomalyDetector judging = AnomalyDetector.Load(File, Backbone);
        judging.SetLimits(Strict);
        Detector before = judging.Detector;
        judging.LearnFalseReject(Save(5), Everything);
        Detector after = judging.Detector;

        Assert.Equal(Bytes(before), Bytes(after.WithoutLastFeedback()));
        Assert.NotEqual(Bytes(before), Bytes(after));
        Assert.Single(after.FeedbackHistory);
        Assert.Empty(before.FeedbackHistory);
    }

    [Fact]
    public void A_detector_in_memory_judges_as_its_file_does()
    {
        Detector strict = Detector.Load(File).WithLimits(Strict);
        using var judging = new AnomalyDetector(strict, Backbone);
        strict.Save(File);
        using AnomalyDetector loaded = AnomalyDetector.Load(File, Backbone);

        Prediction found = judging.Predict(Frame(Noise(5))), expected = loaded.Predict(Frame(Noise(5)));

        Assert.Equal((expected.Score, expected.Verdict), (found.Score, found.Verdict));
        Assert.Same(strict, judging.Detector);
    }

    [Fact]
    public void A_file_that_is_opened_is_saved_only_while_it_holds_what_was_read()
    {
        DetectorFile file = DetectorFile.Open(File), other = DetectorFile.Open(File);
        file.Save(file.Detector.WithLimits(Strict));
        file.Save(file.Detector.WithLimits(Strict with { NGScore = 0.5f })); // its own change is no other program's

        Assert.Contains("changed meanwhile", Refused(() => other.Save(other.Detector.WithLimits(Strict))).Message);
        Assert.Equal(0.5f, Detector.Load(File).Limits!.NG.Score);
    }

    [Fact]
    public void Predictions_on_eight_threads_never_mix_two_versions()
    {
        // Each feedback is followed by limits that tell how many there were, so a version's limits count as many as its memory has learned
        // from, or one fewer. A prediction that scores with one version and judges with another has a pair that no version has.
        string[] pictures = [.. Enumerable.Range(10, 8).Select(Save)];
        float[] scores = [.. Scores(pictures)]; // of the memory after so many feedbacks
        Assert.True(scores.Distinct().Count() > 4);
        using AnomalyDetector judging = AnomalyDetector.Load(File, Backbone);
        judging.SetLimits(Counting(0));
        var found = new ConcurrentBag<(float Score, int Counted)>();
        int learned = 0;
        using var turn = new SemaphoreSlim(1);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            while (Volatile.Read(ref learned) < pictures.Length)
            {
                Prediction one = judging.Predict(Frame(Noise(5)));
                found.Add((one.Score, Counted(one.Limits!)));
                if (thread % 2 == 0 || !turn.Wait(0)) continue;
                if (learned < pictures.Length)
                {
                    judging.LearnFalseReject(pictures[learned], Everything);
                    judging.SetLimits(Counting(learned + 1));
                    Volatile.Write(ref learned, learned + 1);
                }
                turn.Release();
            }
        });

        Assert.NotEmpty(found);
        Assert.All(found, one => Assert.True(
            one.Score == scores[one.Counted] || (one.Counted < pictures.Length && one.Score == scores[one.Counted + 1]),
            $"score {one.Score} with limits after {one.Counted} feedbacks"));
    }

    [Fact]
    public void A_prediction_keeps_the_version_that_it_began_with()
    {
        AnomalyDetector? judging = null;
        var meddling = new MeddlingEncoder(Backbone.OpenEncoder());
        using Backbone backbone = Backbone.With(meddling);
        using (judging = new AnomalyDetector(Detector.Load(File).WithLimits(Strict), backbone))
        {
            float expected = judging.Predict(Frame(Noise(5))).Score;
            meddling.Once = () => // while the picture is encoded, between preparing and scoring
            {
                judging.LearnFalseReject(Save(5), Everything);
                judging.SetLimits(Strict with { NGScore = 0.9f, ReviewScore = 0.9f });
            };

            Prediction found = judging.Predict(Frame(Noise(5))), next = judging.Predict(Frame(Noise(5)));

            Assert.Equal((expected, 1e-6f), (found.Score, found.Limits!.NG.Score));
            Assert.Equal(0.9f, next.Limits!.NG.Score);
            Assert.True(next.Score < expected);
        }
    }

    /// <summary>The probe's score without feedback, and after each of them.</summary>
    private IEnumerable<float> Scores(string[] pictures)
    {
        using AnomalyDetector judging = AnomalyDetector.Load(File, Backbone);
        judging.SetLimits(Counting(0));
        yield return judging.Predict(Frame(Noise(5))).Score;
        foreach (string picture in pictures)
        {
            judging.LearnFalseReject(picture, Everything);
            yield return judging.Predict(Frame(Noise(5))).Score;
        }
    }

    private static LimitOptions Counting(int feedbacks) => Strict with { NGScore = 1e-6f * (1 + feedbacks) };

    private static int Counted(Limits limits) => (int)Math.Round(limits.NG.Score / 1e-6f) - 1;

    private static byte[] Bytes(Detector detector)
    {
        using var stream = new MemoryStream();
        detector.Save(stream);
        return stream.ToArray();
    }

    /// <summary>Does something once, in the middle of an encoding.</summary>
    private sealed class MeddlingEncoder(IPatchEncoder inner) : IPatchEncoder
    {
        public Action? Once { get; set; }

        public EncoderInfo Info => inner.Info;

        public void Encode(ReadOnlySpan<byte> planes, PictureFeatures features, CancellationToken cancellation)
        {
            (Action? act, Once) = (Once, null);
            act?.Invoke();
            inner.Encode(planes, features, cancellation);
        }

        public void Dispose()
        {
            // the inner one stays with its backbone
        }
    }
}
