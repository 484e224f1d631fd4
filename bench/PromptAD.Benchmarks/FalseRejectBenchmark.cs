namespace PromptAD.Benchmarks;

/// <summary>
/// Whether limits keep their promise: of pictures of good parts, some are drawn to calibrate with and the others are judged, many times.
/// </summary>
internal static class FalseRejectBenchmark
{
    private const int UsualSplits = 20;

    public static int Run(string[] arguments)
    {
        if (arguments is not [string file, string folder, string count, .. { Length: <= 1 } more])
        {
            Console.Error.WriteLine(
                "Usage: PromptAD.Benchmarks false-rejects <detector> <folder of good pictures> <pictures to calibrate with> [splits, default 20]");
            return 2;
        }
        int calibrating = int.Parse(count), splits = more is [string asked] ? int.Parse(asked) : UsualSplits;
        using var detector = AnomalyDetector.Load(file);
        Prediction[] good = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(detector.Predict)];
        Console.WriteLine($"{file}: {good.Length} good pictures, {calibrating} to calibrate with, {splits} random splits");
        Console.WriteLine($"as trained: {Above(detector.Limits!.Review, good)} above review, {Above(detector.Limits.NG, good)} above NG");
        Measure(detector, good, calibrating, splits, 1.0 / (calibrating + 1)); // the smallest rate that so many pictures guarantee
        Measure(detector, good, calibrating, splits, 0.05);
        return 0;
    }

    private static string Above(Limit limit, Prediction[] good)
    {
        int above = good.Count(one => one.Score > limit.Score);
        return $"{above} of {good.Length} ({(double)above / good.Length:P1}, {limit.Basis} {limit.Rate:P1})";
    }

    private static void Measure(AnomalyDetector detector, Prediction[] good, int calibrating, int splits, double rate)
    {
        int above = 0, judged = 0, regions = 0;
        LimitBasis basis = default;
        for (int split = 0; split < splits; split++)
        {
            Prediction[] shuffled = [.. good];
            new Random(split).Shuffle(shuffled);
            detector.Calibrate(shuffled.Take(calibrating), new LimitOptions { ReviewRate = rate, NGRate = rate, PixelRate = rate });
            Limits limits = detector.Limits!;
            basis = limits.NG.Basis;
            judged += good.Length - calibrating;
            above += shuffled.Skip(calibrating).Count(one => one.Score > limits.NG.Score);
            regions += shuffled.Skip(calibrating).Count(one => one.Map.Max > limits.Pixel.Score);
        }
        Console.WriteLine($"rate {rate:P1} ({basis}): {above} of {judged} above the limit, {(double)above / judged:P1}; "
            + $"{regions} with a place above the pixel limit, {(double)regions / judged:P1}");
    }
}
