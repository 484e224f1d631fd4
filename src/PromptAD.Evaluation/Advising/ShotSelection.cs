using PromptAD.Evaluation.Metrics;

namespace PromptAD.Evaluation.Advising;

/// <summary>Chooses pictures to learn from: those that leave the other good pictures least anomalous.</summary>
internal static class ShotSelection
{
    private const int FewestForOdd = 5, Draws = 200, MostRounds = 100;
    private const double Deviations = 5, LeastRatio = 1.2, DeviationOfMad = 1.4826, MostOdd = 0.25;

    /// <summary>
    /// Pictures that stand apart, the oddest first: their score to all others is five robust deviations (1.48 times the median distance
    /// from the median) and a fifth above the median. At most a quarter of the pictures, and none of fewer than five.
    /// </summary>
    public static (int[] Odd, double[] Scores, double Usual) FindOdd(PictureDistances distances)
    {
        int[] all = [.. Enumerable.Range(0, distances.Count)];
        double[] scores = [.. all.Select(i => distances.Score(i, [.. all.Where(other => other != i)]))];
        double usual = Median(scores), deviation = DeviationOfMad * Median([.. scores.Select(score => Math.Abs(score - usual))]);
        double limit = Math.Max(usual + (Deviations * deviation), usual * LeastRatio);
        int most = distances.Count < FewestForOdd ? 0 : (int)(distances.Count * MostOdd);
        return ([.. all.Where(i => scores[i] > limit).OrderByDescending(i => scores[i]).Take(most)], scores, usual);
    }

    /// <summary>
    /// Some of the candidates: the one that lowers the mean score of the judged pictures outside the choice most comes in next; then
    /// chosen ones are exchanged for others as long as that helps.
    /// </summary>
    public static int[] Choose(PictureDistances distances, IReadOnlyList<int> candidates, IReadOnlyList<int> judged, int count)
    {
        List<int> chosen = [];
        while (chosen.Count < count)
            chosen.Add(candidates.Except(chosen).MinBy(candidate => MeanScore(distances, [.. chosen, candidate], judged)));
        double best = MeanScore(distances, chosen, judged);
        for (int round = 0; round < MostRounds; round++)
        {
            (double Score, int Place, int New)[] exchanges =
            [
                .. from place in Enumerable.Range(0, count)
                   from other in candidates.Except(chosen)
                   select (MeanScore(distances, [.. chosen.Select((old, i) => i == place ? other : old)], judged), place, other),
            ];
            if (exchanges.Length == 0) break;
            (double score, int at, int replacement) = exchanges.MinBy(exchange => exchange.Score);
            if (!(score < best)) break;
            (best, chosen[at]) = (score, replacement);
        }
        return [.. chosen.Order()];
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
