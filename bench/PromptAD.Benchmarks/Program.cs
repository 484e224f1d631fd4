using PromptAD.Benchmarks;
using PromptAD.Benchmarks.Cluster;
using PromptAD.Benchmarks.Pictures;
using PromptAD.Benchmarks.Pieces;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Benchmarks.Server;
using PromptAD.Benchmarks.Soak;
using PromptAD.Benchmarks.Training;
using PromptAD.Training;

NativeLibraries.Load();

switch (args)
{
    case ["metrics", .. string[] rest]:
        return MetricsBenchmark.Run(rest);
    case ["false-rejects", .. string[] rest]:
        return FalseRejectBenchmark.Run(rest);
    case ["provider", .. string[] rest]:
        return ProviderBenchmark.Run(rest);
    case ["pieces", .. string[] rest]:
        return PiecesCommand.Run(rest);
    case ["pictures", .. string[] rest]:
        return PicturesCommand.Run(rest);
    case [PictureCost.Command, string pictures, string file, string rows]:
        return PictureCost.Run(int.Parse(pictures), file, rows == "0" ? null : int.Parse(rows));
    case ["ratios", .. string[] rest]:
        return RatiosCommand.Run(rest);
    case ["server", .. string[] rest]:
        return ServerCommand.Run(rest);
    case ["cluster", .. string[] rest]:
        return ClusterCommand.Run(rest);
    case ["soak", .. string[] rest]:
        return SoakCommand.Run(rest);
    case ["training"]:
        using (var workplace = new Workplace()) return EpochCost.Print(workplace.Backbone);
    case [WholeTraining.Command, string store, string id]:
        return WholeTraining.Run(store, id);
    default:
        Console.Error.WriteLine(
            """
            Usage: PromptAD.Benchmarks metrics [millions of pixels, default 25]
                   PromptAD.Benchmarks false-rejects <detector> <folder of good pictures> <pictures to calibrate with> [splits, default 20]
                   PromptAD.Benchmarks training
                   PromptAD.Benchmarks provider <name> [<detector> <folder of pictures>]
                   PromptAD.Benchmarks pieces [--filter <patterns of names>, default all]
                   PromptAD.Benchmarks pictures [--full]
                   PromptAD.Benchmarks ratios [beginnings of names, default all]
                   PromptAD.Benchmarks server [--full] [--kills <n>] [--inspections <n>] [beginnings of names, default all]
                   PromptAD.Benchmarks cluster [--full] [beginnings of names, default all]
                   PromptAD.Benchmarks soak [--hours <n>, default 1] [--report <file>]
            """);
        return 2;
}
