using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation.Advising;

/// <summary>Chooses pictures to learn from: those that leave the other good pictures least anomalous.</summary>
internal static class ShotSelection
{
    private const int FewestForOdd = 5, Draws = 200, MostRounds = 100, Starts = 10;
    private const double Deviations = 5, LeastRatio = 1.5, DeviationOfMad = 1.4826, MostOdd = 0.25;

    /// <summary>
    /// Pictures that stand apart, the oddest first. With x = s/(1 - s), which grows as distances do, s being a picture's score to all
    /// others: those whose x is five robust deviations (1.48 times the median distance from the median) above the median and one and a half
    /// times it. At most a quarter of the pictures, and none of fewer than five.
    /// </summary>
    public static (int[] Odd, double[] Scores, double Usual) FindOdd(PictureDistances distances)
    {
        int[] all = [.. Enumerable.Range(0, distances.Count)];
        double[] scores = [.. all.Select(i => distances.Score(i, [.. all.Where(other => other != i)]))];
        double[] far = [.. scores.Select(score => score / Math.Max(1e-9, 1 - score))];
        double usual = Median(far), deviation = DeviationOfMad * Median([.. far.Select(x => Math.Abs(x - usual))]);
        double limit = Math.Max(usual + (Deviations * deviation), usual * LeastRatio);
        int most = distances.Count < FewestForOdd ? 0 : (int)(distances.Count * MostOdd);
        return ([.. all.Where(i => far[i] > limit).OrderByDescending(i => far[i]).Take(most)], scores, Median(scores));
    }

    /// <summary>
    /// Some of the candidates: the one that lowers the mean score of the judged pictures outside the choice most comes in next; then
    /// chosen ones are exchanged for others as long as that helps. Begun anew from each of the ten candidates that are best alone.
    /// </summary>
    public static int[] Choose(
        PictureDistances distances, IReadOnlyList<int> candidates, IReadOnlyList<int> judged, int count,
        Action<double>? done = null, CancellationToken cancellation = default)
    {
        int[] starts =
            [.. candidates.OrderBy(candidate => MeanScore(distances, [candidate], judged)).Take(count == 1 ? 1 : Starts)];
        return starts.Select((start, i) =>
        {
            int[] chosen = ChooseFrom(start, distances, candidates, judged, count, cancellation);
            done?.Invoke((i + 1.0) / starts.Length);
            return chosen;
        }).MinBy(chosen => MeanScore(distances, chosen, judged))!;
    }

    /// <summary>The mean score of the judged pictures that are not references.</summary>
    public static double MeanScore(PictureDistances distances, IReadOnlyCollection<int> references, IEnumerable<int> judged) =>
        judged.Where(picture => !references.Contains(picture)).Select(picture => distances.Score(picture, references)).Average();

    /// <summary>The mean, the 5th and the 95th percentile of what pictures drawn at random reach.</summary>
    public static (double Mean, Interval Range) Draw(PictureDistances distances, IReadOnlyList<int> pictures, int count, int seed)
    {
        var random = new SplitMix64(seed, stream: count);
        double[] scores = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
            scores[draw] = MeanScore(distances, Shuffle(pictures, count, ref random), pictures);
        Array.Sort(scores);
        return (scores.Average(), new Interval(scores[Draws / 20], scores[Draws - 1 - (Draws / 20)]));
    }

    private static int[] ChooseFrom(
        int start, PictureDistances distances, IReadOnlyList<int> candidates, IReadOnlyList<int> judged, int count,
        CancellationToken cancellation)
    {
        List<int> chosen = [start];
        while (chosen.Count < count)
        {
            var begun = new BegunMemory(distances, chosen, judged, cancellation);
            chosen.Add(candidates.Except(chosen).MinBy(begun.ScoreWith));
        }
        double best = MeanScore(distances, chosen, judged);
        for (int round = 0; round < MostRounds; round++)
        {
            int[] others = [.. candidates.Except(chosen)];
            if (others.Length == 0) break;
            (double score, int at, int replacement) = Enumerable.Range(0, count).Select(place =>
            {
                var rest = new BegunMemory(distances, [.. chosen.Where((_, i) => i != place)], judged, cancellation);
                return others.Select(other => (Score: rest.ScoreWith(other), place, other)).MinBy(exchange => exchange.Score);
            }).MinBy(exchange => exchange.Score);
            if (!(score < best)) break;
            (best, chosen[at]) = (score, replacement);
        }
        return [.. chosen.Order()];
    }

    /// <summary>Some of the items, drawn without putting back.</summary>
    public static T[] Shuffle<T>(IEnumerable<T> items, int count, ref SplitMix64 random)
    {
        T[] all = [.. items];
        for (int i = 0; i < count; i++)
        {
            int other = i + random.Next(all.Length - i);
            (all[i], all[other]) = (all[other], all[i]);
        }
        return all[..count];
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Some references to which one more is to come: what all of them have in common is looked at once.</summary>
    private sealed class BegunMemory(
        PictureDistances distances, IReadOnlyCollection<int> references, IEnumerable<int> judged, CancellationToken cancellation)
    {
        private readonly (int Picture, float[][] Nearest)[] outside =
            [.. judged.Except(references).Select(picture => (picture, distances.Nearest(picture, references)))];

        /// <summary>What <see cref="MeanScore"/> is with another reference.</summary>
        public double ScoreWith(int another)
        {
            cancellation.ThrowIfCancellationRequested(); // the work grows with the square of pictures and with shots
            return outside.Where(one => one.Picture != another)
                .Average(one => distances.Score(one.Picture, one.Nearest, another));
        }
    }
}
