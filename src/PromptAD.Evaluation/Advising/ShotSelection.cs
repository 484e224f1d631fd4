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
        CancellationToken cancellation = default)
    {
        IEnumerable<int> starts = candidates.OrderBy(candidate => MeanScore(distances, [candidate], judged)).Take(count == 1 ? 1 : Starts);
        return starts.Select(start => ChooseFrom(start, distances, candidates, judged, count, cancellation))
            .MinBy(chosen => MeanScore(distances, chosen, judged))!;
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
            chosen.Add(candidates.Except(chosen).MinBy(candidate => Judge([.. chosen, candidate])));
        double best = Judge(chosen);
        for (int round = 0; round < MostRounds; round++)
        {
            (double Score, int Place, int New)[] exchanges =
            [
                .. from place in Enumerable.Range(0, count)
                   from other in candidates.Except(chosen)
                   select (Judge([.. chosen.Select((old, i) => i == place ? other : old)]), place, other),
            ];
            if (exchanges.Length == 0) break;
            (double score, int at, int replacement) = exchanges.MinBy(exchange => exchange.Score);
            if (!(score < best)) break;
            (best, chosen[at]) = (score, replacement);
        }
        return [.. chosen.Order()];

        double Judge(IReadOnlyCollection<int> references)
        {
            cancellation.ThrowIfCancellationRequested(); // the work grows with the square of pictures and of shots
            return MeanScore(distances, references, judged);
        }
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
}
