using PromptAD.Benchmarks;
using PromptAD.Benchmarks.Ratios;

switch (args)
{
    case ["metrics", .. string[] rest]:
        return MetricsBenchmark.Run(rest);
    case ["ratios", .. string[] rest]:
        return RatiosCommand.Run(rest);
    default:
        Console.Error.WriteLine(
            """
            Usage: PromptAD.Benchmarks metrics [millions of pixels, default 25]
                   PromptAD.Benchmarks ratios [beginnings of names, default all]
            """);
        return 2;
}
