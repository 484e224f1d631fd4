using PromptAD.Benchmarks;

switch (args)
{
    case ["metrics", .. string[] rest]:
        return MetricsBenchmark.Run(rest);
    default:
        Console.Error.WriteLine("Usage: PromptAD.Benchmarks metrics [millions of pixels, default 25]");
        return 2;
}
