using System.CommandLine;

namespace PromptAD.Cli.Commands;

/// <summary><c>promptad info</c>: what a detector file says of itself.</summary>
internal static class InfoCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("detector") { Description = "The detector file." };
        var command = new Command("info", "Shows what a detector is and how it was made; needs no backbone.") { file };
        file.Validators.Add(CommonOptions.CheckPaths);
        command.SetAction(parsed => Show(DetectorInfo.Read(parsed.GetRequiredValue(file)), terminal));
        return command;
    }

    private static void Show(DetectorInfo info, Terminal terminal)
    {
        terminal.Print($"object      {info.ObjectName}");
        terminal.Print($"states      {string.Join(", ", info.States)}");
        terminal.Print($"shots       {info.Shots}");
        terminal.Print($"seed        {info.Seed}");
        terminal.Print($"backbone    {info.BackboneId}{(info.HasGeneratedBackbone ? " (generated: its scores mean nothing)" : "")}");
        terminal.Print($"hash        {info.BackboneHash}");
        terminal.Print(
            $"pictures    resize {info.Preprocessing.Resize}, query channels {info.Preprocessing.QueryChannels}, "
            + $"at most {info.Preprocessing.PixelLimit:N0} pixels");
        terminal.Print($"map         {info.Scoring.MapSize} x {info.Scoring.MapSize}, smoothed with sigma {info.Scoring.SmoothingSigma}");
        terminal.Print($"created     {info.Created:u}");
    }
}
