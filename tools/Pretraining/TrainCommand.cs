using System.CommandLine;
using PromptAD.Pretraining.Learning;

namespace PromptAD.Pretraining;

/// <summary><c>train</c>: begins a pretraining in a folder, or goes on with it.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var command = new Command("train", "Pretrains a backbone. The folder keeps the state; run it again to go on. A file PAUSE in the folder makes it wait.");
        var folder = new Option<string>("--folder") { Required = true, Description = "Where state, vocabulary and learning curve lie; made if need be." };
        var config = new Option<string?>("--config") { Description = "The model's configuration, a JSON file in open_clip's form; needed to begin." };
        var first = new Option<string?>("--first") { Description = "The folder of an exported model to begin with, in place of --config and random weights." };
        var trunk = new Option<string?>("--trunk") { Description = "The weights of the configuration's trunk, a file that 'trunk' wrote; they stay as they are." };
        var minutes = new Option<double>("--minutes") { Description = "Length of the whole training in minutes of computing, earlier runs included." };
        var steps = new Option<long>("--steps") { Description = "Length of the whole training in steps, in place of --minutes." };
        var stop = new Option<double>("--stop-after") { Description = "Ends this run after so many minutes; 0 for not before the end." };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Of all that is random." };
        var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 5e-4, Description = "The highest learning rate." };
        var groups = new Option<int>("--groups") { DefaultValueFactory = _ => 12, Description = "Groups of pictures in a step." };
        var workers = new Option<int>("--workers") { DefaultValueFactory = _ => 2, Description = "Threads that compute gradients." };
        var cache = new Option<int>("--cache") { DefaultValueFactory = _ => 2500, Description = "Groups kept in memory, about a megabyte each." };
        var full = new Option<bool>("--float32") { Description = "Multiplies in Float32 only, for processors without BFloat16." };
        foreach (Option option in (Option[])[folder, config, first, trunk, minutes, steps, stop, seed, rate, groups, workers, cache, full]) command.Options.Add(option);
        command.SetAction((result, cancellation) =>
        {
            if (result.GetValue(minutes) > 0 == result.GetValue(steps) > 0) throw new PromptADException(Problem.InvalidArgument, "Give either --minutes or --steps, more than 0.");
            var options = new PretrainingOptions
            {
                Folder = result.GetValue(folder)!,
                Configuration = result.GetValue(config) is { } path ? File.ReadAllText(path) : null,
                First = result.GetValue(first),
                Trunk = result.GetValue(trunk),
                Minutes = result.GetValue(minutes),
                Steps = result.GetValue(steps),
                StopAfter = result.GetValue(stop),
                Seed = result.GetValue(seed),
                Rate = result.GetValue(rate),
                Groups = result.GetValue(groups),
                Workers = result.GetValue(workers),
                Cache = result.GetValue(cache),
                Reduced = !result.GetValue(full),
            };
            // On a thread of its own, so that Ctrl+C and SIGTERM are heard, which save the state.
            return Task.Run(() => new Pretrainer(options, Console.Out).Run(cancellation), CancellationToken.None);
        });
        return command;
    }
}
