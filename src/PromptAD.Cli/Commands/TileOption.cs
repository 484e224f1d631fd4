using System.CommandLine;
using System.Globalization;

namespace PromptAD.Cli.Commands;

/// <summary>The option that cuts pictures into tiles.</summary>
internal sealed class TileOption
{
    private readonly Option<string?> tiles = new("--tiles")
    {
        Description = $"Cut pictures into so many overlapping tiles, at most {Tiling.Most}x{Tiling.Most}, for small defects in large "
            + "pictures; so many times the work.",
        HelpName = "RxC",
    };

    public void AddTo(Command command) => command.Add(tiles);

    /// <summary>What was asked for; null for pictures as a whole.</summary>
    /// <exception cref="PromptADException">It was not understood.</exception>
    public Tiling? Read(ParseResult parsed)
    {
        if (parsed.GetValue(tiles) is not { } given) return null;
        string[] sides = given.Split('x', 'X');
        return sides.Length == 2 && IsNumber(sides[0], out int rows) && IsNumber(sides[1], out int columns)
            ? new Tiling(rows, columns)
            : throw new PromptADException(Problem.InvalidArgument, $"--tiles is '{given}'; give rows and columns, such as 2x3.");

        static bool IsNumber(string text, out int number) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}
