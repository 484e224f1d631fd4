using System.CommandLine;
using PromptAD.Cli;
using PromptAD.Cli.Commands;

var terminal = new Terminal();
var root = new RootCommand("Finds defects from one to four pictures of a good part (PromptAD, CVPR 2024).")
{
    DemoCommand.Create(terminal),
    AdviseCommand.Create(terminal),
    TrainCommand.Create(terminal),
    PredictCommand.Create(terminal),
    CalibrateCommand.Create(terminal),
    ThresholdCommand.Create(terminal),
    FeedbackCommand.Create(terminal),
    FeedbackCommand.CreateHistory(terminal),
    EvaluateCommand.Create(terminal),
    BenchmarkCommand.Create(terminal),
    InfoCommand.Create(terminal),
    ExportCommand.Create(terminal),
    VerifyCommand.Create(terminal),
    BackboneCommand.Create(terminal),
};
return await CommandLine.RunAsync(root, args, terminal);
