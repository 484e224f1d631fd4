using System.CommandLine;

namespace PromptAD.Cli.Commands;

/// <summary>The options that put turned and mirrored views of the good pictures into the memory.</summary>
internal sealed class PoseOptionSet
{
    private const string Quarter = "quarter", Flips = "flips", All = "all", Free = "free", None = "none";
    private readonly Option<string?> poses = new("--poses")
    {
        Description = "Remember turned and mirrored views of good pictures, for parts that come in any pose: quarter turns, flips, all "
            + $"(both), or free turns, every 7 degrees or as many as given; {Flips} can be added with a comma. Default: {None}.",
        HelpName = $"{Quarter}|{Flips}|{All}|{Free}[:degrees]",
    };

    private readonly Option<int?> rows = new("--pose-rows")
    {
        Description = $"The most rows of memory of one picture with --poses. Default: {PoseOptions.Quarter.MostRows}.",
        HelpName = "n",
        CustomParser = NumberParser.OfOptional<int>($"from 1 to {PoseOptions.LargestRows}"),
    };

    public void AddTo(Command command)
    {
        command.Add(poses);
        command.Add(rows);
    }

    /// <summary>What was asked for; null for pictures as they are.</summary>
    /// <exception cref="PromptADException">A value was not understood.</exception>
    public PoseOptions? Read(ParseResult parsed)
    {
        int? most = parsed.GetValue(rows);
        if (parsed.GetValue(poses) is not { } given || given == None)
            return most is null ? null : throw new PromptADException(
                Problem.InvalidArgument,
                "--pose-rows bounds the memory of --poses; give --poses, too.");
        var options = new PoseOptions();
        foreach (string part in given.Split(',', StringSplitOptions.TrimEntries)) options = Add(options, part, given);
        return most is { } count ? options with { MostRows = count } : options;
    }

    private static PoseOptions Add(PoseOptions options, string part, string given)
    {
        string[] words = part.Split(':', 2);
        return (words[0], words.Length > 1 ? words[1] : null) switch
        {
            (Quarter, null) when options.Turn is null => options with { Turn = PoseOptions.Quarter.Turn },
            (All, null) when options.Turn is null => options with { Turn = PoseOptions.Quarter.Turn, Flips = true },
            (Flips, null) => options with { Flips = true },
            (Free, null) when options.Turn is null => options with { Turn = PoseOptions.Free.Turn },
            (Free, { } text) when options.Turn is null && NumberParser.TryRead(text, out double degrees) => options with { Turn = degrees },
            _ => throw new PromptADException(
                Problem.InvalidArgument,
                $"--poses is '{given}'; give {Quarter}, {Flips}, {All}, {Free} or {Free}:degrees, {Flips} with a comma beside another."),
        };
    }
}
