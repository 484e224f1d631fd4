using System.CommandLine.Parsing;

namespace PromptAD.Cli.Commands;

/// <summary>Width and height as a command line gives them: "518" for a square, or "518x266".</summary>
internal readonly record struct InputShape(int Width, int Height)
{
    /// <summary>Reads an option's value.</summary>
    public static InputShape? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] sides = text.Split('x');
        if (sides.Length <= 2 && NumberParser.TryRead(sides[0], out int width) && NumberParser.TryRead(sides[^1], out int height)
            && width > 0 && height > 0)
        {
            return new InputShape(width, height);
        }
        result.AddError($"'{text}' is neither a number of pixels nor width x height, such as 518 or 518x266.");
        return null;
    }
}
