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
        CustomParser = NumberParser.OfOptional<int>($"from 0 to {ScoringOptions.MostTopPatches}"),
    };

    private readonly Option<float?> textWeight = new("--text-weight")
    {
        Description = "The weight of the words beside the memory, on a common scale; found for each product where it is not given.",
        HelpName = "w",
        CustomParser = NumberParser.OfOptional<float>($"from 0 to {ScoringOptions.LargestTextWeight}"),
    };

    private readonly Option<bool?> classToken = new("--class-token")
    {
        Description = "Whether the class token counts, on a common scale; found for each product where it is not given.",
        HelpName = "true|false",
    };

    private readonly Option<bool?> whitenMemory = new("--whiten-memory")
    {
        Description = "Whether the memory's channels are decorrelated; the backbone's own where it is not given.",
        HelpName = "true|false",
    };

    private readonly Option<int?> memoryShifts = new("--memory-shifts")
    {
        Description = "Steps along a side of a patch at which good pictures are remembered; the backbone's own where it is not given.",
        HelpName = "n",
        CustomParser = NumberParser.OfOptional<int>($"from 1 to {ScoringOptions.MostMemoryShifts}"),
    };

    public ReadoutOptions() => fusion.AcceptOnlyNames();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[fusion, topPatches, textWeight, classToken, whitenMemory, memoryShifts]) command.Add(option);
    }

    /// <summary>The preset's read-out, changed by what was given.</summary>
    public ScoringOptions Change(ParseResult parsed, ScoringOptions preset) => preset with
    {
        Fusion = parsed.GetValue(fusion) ?? preset.Fusion,
        TopPatches = parsed.GetValue(topPatches) ?? preset.TopPatches,
        TextWeight = parsed.GetValue(textWeight) ?? preset.TextWeight,
        ClassToken = parsed.GetValue(classToken) ?? preset.ClassToken,
        WhitenMemory = parsed.GetValue(whitenMemory) ?? preset.WhitenMemory,
        MemoryShifts = parsed.GetValue(memoryShifts) ?? preset.MemoryShifts,
    };
}
