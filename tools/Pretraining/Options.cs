using System.CommandLine;
using PromptAD.Pictures;

namespace PromptAD.Pretraining;

/// <summary>The options that the commands share, with their checks.</summary>
internal sealed class Options
{
    public Option<string[]> Kinds { get; } = new("--kind")
    {
        Description = "Kinds of product to draw, by name; all that pretraining may draw where it is not given.",
        AllowMultipleArgumentsPerToken = true,
    };

    public Option<ulong> Seed { get; } = new("--seed") { Description = "Names the pictures.", DefaultValueFactory = _ => 1 };

    public Option<int> Size { get; } = new("--size")
    {
        Description = "Width and height of a picture in pixels.",
        DefaultValueFactory = _ =>
        160
    };

    public Option<double> Difficulty { get; } = new("--difficulty")
    {
        Description = "Share of products, 0 to 1, from a rough line: blemishes, free poses, changing exposure, faint defects.",
        DefaultValueFactory = _ => 0.5,
    };

    public Option<string> Output { get; } = new("--output") { Required = true };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Kinds, Seed, Size, Difficulty, Output]) command.Options.Add(option);
    }

    public IReadOnlyList<ProductKind> ReadKinds(ParseResult result)
    {
        string[] names = result.GetValue(Kinds) ?? [];
        if (names.Length == 0) return ProductKind.Training;
        return [.. names.Select(name => ProductKind.Find(name)
            ?? throw new PromptADException(Problem.InvalidArgument, $"There is no kind '{name}'. Choose from {string.Join(", ", ProductKind.All)}."))];
    }

    public PictureGenerator CreateGenerator(ParseResult result)
    {
        int size = result.GetValue(Size);
        if (size is < PictureGenerator.MinSize or > PictureGenerator.MaxSize)
            throw new PromptADException(Problem.InvalidArgument, $"--size is {size}; allowed is {PictureGenerator.MinSize} to {PictureGenerator.MaxSize}.");
        return new PictureGenerator(size);
    }

    public static int ReadCount(ParseResult result, Option<int> option)
    {
        int count = result.GetValue(option);
        return count >= 1 ? count : throw new PromptADException(Problem.InvalidArgument, $"{option.Name} is {count}; allowed is 1 or more.");
    }

    public double ReadDifficulty(ParseResult result)
    {
        double difficulty = result.GetValue(Difficulty);
        return difficulty is >= 0 and <= 1 ? difficulty : throw new PromptADException(Problem.InvalidArgument, $"--difficulty is {difficulty}; allowed is 0 to 1.");
    }
}
