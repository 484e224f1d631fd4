using System.CommandLine;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad info</c>: what a detector file says of itself.</summary>
internal static class InfoCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("detector") { Description = "The detector file." };
        var command = new Command("info", "Shows what a detector is and how it was made; needs no backbone.") { file };
        command.SetAction(parsed => Show(DetectorInfo.Read(parsed.GetRequiredValue(file)), terminal));
        return command;
    }

    private static void Show(DetectorInfo info, Terminal terminal)
    {
        terminal.Output.WriteLine($"object      {info.ObjectName}");
        terminal.Output.WriteLine($"states      {string.Join(", ", info.States)}");
        terminal.Output.WriteLine($"shots       {info.Shots}");
        terminal.Output.WriteLine($"seed        {info.Seed}");
        terminal.Output.WriteLine($"backbone    {info.BackboneId}{(info.HasGeneratedBackbone ? " (generated: its scores mean nothing)" : "")}");
        terminal.Output.WriteLine($"hash        {info.BackboneHash}");
        terminal.Output.WriteLine($"pictures    resize {info.Preprocessing.Resize}, query channels {info.Preprocessing.QueryChannels}, at most {info.Preprocessing.PixelLimit:N0} pixels");
        terminal.Output.WriteLine($"map         {info.Scoring.MapSize} x {info.Scoring.MapSize}, smoothed with sigma {info.Scoring.SmoothingSigma}");
        terminal.Output.WriteLine($"created     {info.Created:u}");
    }
}
