using System.CommandLine;
using PromptAD;
using PromptAD.Pretraining;

var root = new RootCommand("Makes the embedded backbone of PromptAD: draws pictures of made-up products and learns from them.");
root.Subcommands.Add(SheetCommand.Create());
root.Subcommands.Add(PicturesCommand.Create());
root.Subcommands.Add(DatasetCommand.Create());
root.Subcommands.Add(TrunkCommand.Create());
root.Subcommands.Add(TrainCommand.Create());
root.Subcommands.Add(ExportCommand.Create());
root.Subcommands.Add(MeasureCommand.Create());
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
}
catch (PromptADException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
