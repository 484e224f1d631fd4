using PromptAD.Benchmarks;

switch (args)
{
    case ["metrics", .. string[] rest]:
        return MetricsBenchmark.Run(rest);
    case ["false-rejects", .. string[] rest]:
        return FalseRejectBenchmark.Run(rest);
    default:
        Console.Error.WriteLine("Usage: PromptAD.Benchmarks metrics [millions of pixels, default 25]");
        Console.Error.WriteLine("       PromptAD.Benchmarks false-rejects <detector> <folder of good pictures> <pictures to calibrate with>");
        return 2;
}
