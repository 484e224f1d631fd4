using System.Diagnostics;
using PromptAD.Encoders;
using PromptAD.Evaluation.Advising;
using PromptAD.Evaluation.Metrics;
using PromptAD.Imaging;
using PromptAD.Memory;

namespace PromptAD.Evaluation;

/// <summary>
/// Measures on good pictures alone which of them to learn from and which options help: pictures that were not learned from are judged as
/// they are and with defects painted into copies. Needs libtorch, as training does.
/// </summary>
public static class Advisor
{
    private const int FewestTested = 2, TimedEncodings = 5;
    private const double Choosing = 0.2; // of the time of comparing, for progress alone
    private const long MostRemembered = 1L << 30; // bytes of features

    /// <summary>Compares the pictures, chooses among them, and tries the options.</summary>
    /// <param name="backbone">The backbone; stays with the caller.</param>
    /// <param name="pictures">Pictures of good parts; at least four. The same pictures, options and seed give the same figures.</param>
    /// <param name="options">What to try; null for the defaults.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops within half a second, but for what paints defects into a very large picture.</param>
    /// <exception cref="PromptADException">
    /// There are too few different pictures, one cannot be read or is too small, or an option is out of range.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Advice Run(
        Backbone backbone,
        IReadOnlyList<string> pictures,
        AdviceOptions? options = null,
        IProgress<AdviceProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new AdviceOptions();
        string[] used = Used(pictures, options);
        (double compared, double chosen, _) = Parts(backbone, used, options);
        void Done(double from, double to, double part, AdviceVariant? variant) =>
            progress?.Report(new AdviceProgress(from + ((to - from) * part), variant));
        var encoder = new CachingEncoder(backbone.OpenEncoder(cancellation), MostRemembered);
        using Backbone shared = backbone.With(encoder);
        var gathered = new Gathering(backbone, shared, encoder, options, used, part => Done(0, compared, part, null), cancellation);
        return gathered.Advise(
            part => Done(compared, chosen, part, null), (part, variant) => Done(chosen, 1, part, variant));
    }

    /// <summary>How long <see cref="Run"/> will take here, roughly, from the time of encoding a blank picture.</summary>
    /// <param name="backbone">The backbone; stays with the caller.</param>
    /// <param name="pictures">The pictures of good parts.</param>
    /// <param name="options">What to try; null for the defaults.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    /// <exception cref="PromptADException">As of <see cref="Run"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static TimeSpan EstimateTime(
        Backbone backbone, IReadOnlyList<string> pictures, AdviceOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new AdviceOptions();
        string[] used = Used(pictures, options);
        (_, _, double encodings) = Parts(backbone, used, options);
        byte[] blank = new byte[backbone.Encoder.InputLength];
        PictureFeatures room = PictureFeatures.Room(backbone.Encoder);
        TimeSpan Encode()
        {
            long start = Stopwatch.GetTimestamp();
            backbone.OpenEncoder(cancellation).Encode(blank, room, cancellation);
            return Stopwatch.GetElapsedTime(start);
        }
        Encode(); // the first one opens the session
        return encodings * Enumerable.Range(0, TimedEncodings).Min(_ => Encode());
    }

    private static string[] Used(IReadOnlyList<string> pictures, AdviceOptions options)
    {
        options.Validate();
        if (pictures.FirstOrDefault(path => !File.Exists(path)) is { } missing)
            throw new PromptADException(Problem.Missing, $"Cannot read '{missing}': the file does not exist. Check the path.");
        if (pictures.Count < AdviceOptions.LeastPictures)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"There {(pictures.Count == 1 ? "is 1 picture" : $"are {pictures.Count} pictures")} of good parts; "
                + $"advice needs at least {AdviceOptions.LeastPictures}, to learn from some and test with the others. Ten are better.");
        }
        var random = new SplitMix64(options.Seed, stream: 0);
        string[] used = pictures.Count <= options.Most
            ? [.. pictures]
            : [.. ShotSelection.Shuffle(Enumerable.Range(0, pictures.Count), options.Most, ref random).Order().Select(i => pictures[i])];
        CheckShots(options, used.Length);
        return used;
    }

    /// <summary>The parts of the work that are done after comparing and after choosing, and the whole of it in encodings.</summary>
    private static (double Compared, double Chosen, double Whole) Parts(Backbone backbone, string[] used, AdviceOptions options)
    {
        var work = new AdviceWork(backbone, options);
        int most = used.Length - FewestTested;
        int[] shots = [.. options.Shots.Distinct().Order().Where(shots => shots <= most)];
        long largest = options.Training.Preprocessing.MaxPicturePixels;
        PictureHeader[] headers = [.. used.Select(path => PictureDecoder.ReadHeader(path, largest))];
        AdviceVariant[] variants =
        [
            .. AdviceVariants.Of(
                shots, [.. headers.Select(header => (header.Width, header.Height))], options, backbone, remarks: []),
        ];
        int tested = used.Length - shots[^1], copies = TestCopies.CountFor(tested);
        double trying = work.Trying(variants, copies, TestCopies.TurnsFor(tested)).Sum(one => one.Whole);
        double comparing = work.Comparing(used.Length), choosing = comparing * Choosing, whole = comparing + choosing + trying;
        return (comparing / whole, (comparing + choosing) / whole, whole);
    }

    private static void CheckShots(AdviceOptions options, int usable)
    {
        int fewest = options.Shots.Min(), most = usable - FewestTested;
        if (fewest <= most) return;
        throw new PromptADException(
            Problem.OutOfRange,
            $"{fewest} shots were asked for, but of {usable} usable pictures at most {most} can "
            + $"be learned from, so that {FewestTested} are left to test with. Ask for fewer shots or give more pictures.");
    }

    /// <summary>The work of one advice.</summary>
    private sealed class Gathering
    {
        private const double Encoding = 0.8; // the part of comparing that it takes, for progress alone

        private readonly Backbone backbone;
        private readonly Backbone shared; // the same, for what several variants encode alike
        private readonly CachingEncoder encoder;
        private readonly AdviceWork work;
        private readonly AdviceOptions options;
        private readonly string[] paths;
        private readonly CancellationToken cancellation;
        private readonly List<(int Width, int Height)> sizes = [];
        private readonly List<string> remarks = [];
        private readonly PictureDistances distances;
        private readonly ScoringOptions scoring;
        private readonly Preprocessor preprocessor;
        private readonly BitDepth depth;

        public Gathering(
            Backbone backbone, Backbone shared, CachingEncoder encoder, AdviceOptions options, string[] paths, Action<double> done,
            CancellationToken cancellation)
        {
            PreprocessingOptions pictures = options.Training.Preprocessing;
            var asked = new BitDepth(pictures.SignificantBits, Measures: true);
            BitDepth agreed = PictureDecoder.Agree(paths, pictures.MaxPicturePixels, asked, cancellation);
            if (agreed.Assumption("The pictures") is { } assumption) remarks.Add(assumption.What);
            options = options with
            {
                Training = options.Training with { Preprocessing = pictures with { SignificantBits = agreed.Bits } },
            };
            depth = new BitDepth(agreed.Bits);
            (this.backbone, this.shared, this.encoder) = (backbone, shared, encoder);
            (this.options, this.cancellation) = (options, cancellation);
            work = new AdviceWork(backbone, options);
            scoring = options.Training.Scoring.For(backbone);
            preprocessor = new Preprocessor(backbone.Encoder.InputSize, options.Training.Preprocessing);
            // As variants learn them, but without shifts: comparing all pictures would take many times as long.
            var good = new MemoryBuilder(shared.DeferredEncoder, MemoryOptions.ItselfAlone with
            {
                Scoring = MemoryOptions.ItselfAlone.Scoring with { WhitenMemory = scoring.WhitenMemory },
            });
            var seen = new Dictionary<string, string>(); // from what a picture shows to the first file that shows it
            foreach ((int i, string path) in paths.Index())
            {
                using Picture picture = PictureDecoder.Decode(path, pictures.MaxPicturePixels, depth, cancellation);
                TestCopies.CheckSize(path, picture.Width, picture.Height);
                GoodPicture read = GoodPicture.Of(picture.Frame, tiles: null, preprocessor, cancellation);
                if (good.Add(read, cancellation))
                {
                    seen.Add(read.Hash, path);
                    sizes.Add((picture.Width, picture.Height));
                }
                else
                {
                    remarks.Add($"'{path}' is the same picture as '{seen[read.Hash]}' and was left out.");
                }
                done(Encoding * (i + 1) / paths.Length);
            }
            this.paths = [.. paths.Intersect(seen.Values)];
            if (seen.Count < AdviceOptions.LeastPictures)
            {
                throw new PromptADException(
                    Problem.OutOfRange,
                    $"Of {paths.Length} pictures only {seen.Count} differ; advice needs at least "
                    + $"{AdviceOptions.LeastPictures}. Add pictures of other good parts.");
            }
            distances = PictureDistances.Measure(
                [.. good.Regions.Select(region => region.Itself)], good.BuildEach(cancellation), scoring.TopPatches,
                part => done(Encoding + ((1 - Encoding) * part)), cancellation);
        }

        public Advice Advise(Action<double> choosing, Action<double, AdviceVariant> trying)
        {
            (int[] odd, double[] scores, double usual) = ShotSelection.FindOdd(distances);
            int[] usable = [.. Enumerable.Range(0, paths.Length).Except(odd)];
            int[][] chosen = ChooseShots(usable, choosing);
            int[] tested = [.. usable.Except(chosen[^1])];
            int[] shots = [.. chosen.Select(set => set.Length)];
            AdviceVariant[] variants = [.. AdviceVariants.Of(shots, sizes, options, backbone, remarks)];
            long most = options.Training.Preprocessing.MaxPicturePixels;
            var copies = new TestCopies([.. tested.Select(i => paths[i])], options.Seed, most, depth);
            VariantRun[] runs = MeasureAll(variants, chosen, copies, trying);
            VariantFigures[] figures = [.. runs.Select(run => FiguresOf(run, runs[0], copies))];
            VariantFigures recommended = Recommend(runs, figures, tested.Length, copies);
            if (figures[0].Image >= 1)
                remarks.Add("All painted defects score above all good pictures, so nothing can gain; fainter defects may still be missed.");
            return new Advice
            {
                Pictures = paths,
                Odd = [.. odd.Select(i => new OddPicture(paths[i], scores[i], usual))],
                Choices = [.. chosen.Select(set => ChoiceOf(set, usable))],
                TestPictures = [.. tested.Select(i => paths[i])],
                DefectSizes = TestCopies.Sizes,
                Painted = copies.IsPainted.Count(painted => painted),
                Variants = figures,
                Recommended = recommended,
                Remarks = remarks,
            };
        }

        /// <summary>Choices for the numbers of shots that leave enough to test with, the fewest first; each is part of the next.</summary>
        private int[][] ChooseShots(int[] usable, Action<double> done)
        {
            CheckShots(options, usable.Length);
            int most = usable.Length - FewestTested;
            int[] wanted = [.. options.Shots.Distinct().Order()], possible = [.. wanted.Where(shots => shots <= most)];
            if (possible.Length < wanted.Length)
            {
                remarks.Add($"{string.Join(" and ", wanted.Skip(possible.Length))} shots were not tried: "
                    + $"too few of the {usable.Length} pictures would be left to test with.");
            }
            int[] chosen = ShotSelection.Choose(distances, usable, usable, possible[^1], done, cancellation);
            List<int[]> sets = [chosen];
            int[] outside = [.. usable.Except(chosen)];
            foreach (int shots in possible.Reverse().Skip(1))
                sets.Insert(0, ShotSelection.Choose(distances, sets[0], outside, shots, done: null, cancellation));
            return [.. sets];
        }

        private ShotChoice ChoiceOf(int[] set, int[] usable)
        {
            (double drawn, Interval range) = ShotSelection.Draw(distances, usable, set.Length, options.Seed);
            int[] first = [.. usable.Take(set.Length)];
            return new ShotChoice(
                [.. set.Select(i => paths[i])], ShotSelection.MeanScore(distances, set, usable),
                ShotSelection.MeanScore(distances, first, usable), drawn, range);
        }

        private VariantRun[] MeasureAll(
            AdviceVariant[] variants, int[][] chosen, TestCopies copies, Action<double, AdviceVariant> progress)
        {
            (double Learning, double Whole)[] parts = work.Trying(variants, copies.Count, copies.Turns.Length);
            double total = parts.Sum(one => one.Whole), before = 0;
            var runs = new VariantRun[variants.Length];
            foreach ((int i, AdviceVariant variant) in variants.Index())
            {
                (double learning, double whole) = parts[i];
                double start = before;
                progress(start / total, variant);
                string[] learned = [.. chosen.Single(set => set.Length == variant.Shots).Select(picture => paths[picture])];
                runs[i] = VariantRun.Measure(
                    variant.Tiles is null ? shared : backbone, encoder, options, variant, learned, copies,
                    AdviceWork.IsTurned(variant, variants), learning / whole,
                    part => progress((start + (part * whole)) / total, variant), cancellation);
                before += whole;
            }
            return runs;
        }

        private VariantFigures Recommend(VariantRun[] runs, VariantFigures[] figures, int tested, TestCopies copies)
        {
            if (tested < AdviceRule.LeastTestPictures)
            {
                remarks.Add($"Only {tested} pictures were left to test with; from {AdviceRule.LeastTestPictures} on something can be shown "
                    + "to help, so plain training is recommended.");
            }
            bool areTold = figures[0].Image >= AdviceRule.LeastTold;
            if (!areTold)
            {
                remarks.Add("Painted defects are hardly told from good pictures "
                    + $"({figures[0].Image * 100:F0} % with {runs[0].Variant.Shots} shots), so whether fewer would do cannot be seen.");
            }
            VariantRun[] others = runs[1..];
            VariantRun best = AdviceRule.Choose(
                runs[0], others.Where(run => !run.Variant.IsPlain), run => AdviceRule.LeastGain(run.Variant),
                others.Where(run => areTold && run.Variant.IsPlain), tested,
                (one, other) => Compare(one.Scores, other.Scores, copies.IsPainted, copies.GroupOf));
            return figures[Array.IndexOf(runs, best)];
        }

        private PairedDifference Compare(double[] one, double[] other, bool[] painted, int[] groups) =>
            PairedAuroc.Difference(one, other, painted, groups, new BootstrapOptions { Seed = options.Seed });

        private VariantFigures FiguresOf(VariantRun run, VariantRun plain, TestCopies copies)
        {
            double highestGood = run.Scores.Where((_, i) => !copies.IsPainted[i]).Max();
            double OfSize(int size)
            {
                int[] some = [.. Enumerable.Range(0, copies.Count).Where(i => copies.SizeOf[i] is not { } own || own == size)];
                return Auroc([.. some.Select(i => run.Scores[i])], [.. some.Select(i => copies.IsPainted[i])]);
            }
            double FoundOfSize(int size) =>
                run.Scores.Where((_, i) => copies.SizeOf[i] == size).Average(score => score > highestGood ? 1.0 : 0);
            int[] sizesTried = [.. Enumerable.Range(0, TestCopies.Sizes.Count)];
            bool isPlain = run == plain;
            bool[] turned = [.. copies.Turns.Select(turn => copies.IsPainted[turn.Copy])];
            int[] turnedGroups = [.. copies.Turns.Select(turn => copies.GroupOf[turn.Copy])];
            return new VariantFigures(
                run.Variant,
                Auroc(run.Scores, copies.IsPainted),
                isPlain ? null : Compare(run.Scores, plain.Scores, copies.IsPainted, copies.GroupOf),
                [.. sizesTried.Select(OfSize)],
                [.. sizesTried.Select(FoundOfSize)],
                run.Pixel,
                run.Turned is null ? null : Auroc(run.Turned, turned),
                isPlain || run.Turned is null ? null : Compare(run.Turned, plain.Turned!, turned, turnedGroups),
                run.Training,
                run.Prediction,
                run.FileBytes);
        }

        private static double Auroc(double[] scores, bool[] anomalous) => RankingMetrics.Measure(scores, anomalous).Auroc;
    }
}
