using System.CommandLine;

namespace PromptAD.Cli.Commands;

/// <summary>The options that say how scores are read from the features; what is not given stays as the preset has it.</summary>
internal sealed class ReadoutOptions
{
    private readonly Option<ScoreFusion?> fusion = new("--fusion")
    {
        Description = "How words and memory become one score: harmonic as published, or on a common scale.",
    };

    private readonly Option<int?> topPatches = new("--top-patches")
    {
        Description = "How many of the most anomalous patches make the picture's score; 0: the map's maximum, as published.",
        HelpName = "n",
    };

    public ReadoutOptions() => fusion.AcceptOnlyNames();

    public void AddTo(Command command)
    {
        command.Add(fusion);
        command.Add(topPatches);
    }

    /// <summary>The preset's read-out, changed by what was given.</summary>
    public ScoringOptions Change(ParseResult parsed, ScoringOptions preset) => preset with
    {
        Fusion = parsed.GetValue(fusion) ?? preset.Fusion,
        TopPatches = parsed.GetValue(topPatches) ?? preset.TopPatches,
    };
}
