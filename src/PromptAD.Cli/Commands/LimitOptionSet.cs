using System.CommandLine;
using System.Globalization;

namespace PromptAD.Cli.Commands;

/// <summary>The options that say where the limits of verdicts are to lie.</summary>
internal sealed class LimitOptionSet
{
    private readonly Option<double?> reviewRate =
        Rate("--review-rate", "The part of good parts that may go to REVIEW or NG. Default: 5 %.");


    private readonly Option<double?> ngRate = Rate("--ng-rate", "The part of good parts that may go to NG. Default: 1 %.");
    private readonly Option<double?> pixelRate = Rate("--pixel-rate", "The part of good parts that may show a region. Default: 5 %.");
    private readonly Option<float?> reviewScore = Score("--review-score", "The review limit as a score, instead of a rate.");
    private readonly Option<float?> ngScore = Score("--ng-score", "The NG limit as a score, instead of a rate.");
    private readonly Option<float?> pixelScore = Score("--pixel-score", "The pixel limit as a map value, instead of a rate.");

    private readonly Option<double?> minimumArea = new("--min-area")
    {
        Description = "Regions of fewer pixels of the picture are left out. Default: none is.",
        HelpName = "pixels",
        CustomParser = NumberParser.OfOptional<double>($"from 0 to {LimitOptions.LargestArea}"),
    };

    private Option[] All => [reviewRate, ngRate, pixelRate, reviewScore, ngScore, pixelScore, minimumArea];

    public void AddTo(Command command)
    {
        foreach (Option option in All) command.Add(option);
        command.Validators.Add(result =>
        {
            foreach ((Option rate, Option score) in ((Option, Option)[])[
                (reviewRate, reviewScore), (ngRate, ngScore), (pixelRate, pixelScore)])
            {
                if (result.GetResult(rate) is not null && result.GetResult(score) is not null)
                    result.AddError($"{rate.Name} and {score.Name} both say where one limit is to lie; give one of them.");
            }
        });
    }

    /// <summary>Whether any of them was given.</summary>
    public bool AreGiven(ParseResult parsed) =>
        All.Any(option => parsed.GetResult(option) is not null);

    /// <summary>The options, changed by what was given; a rate takes the place of a score.</summary>
    /// <exception cref="PromptADException">A rate does not fit the other one, which was not given.</exception>
    public LimitOptions Read(ParseResult parsed, LimitOptions before)
    {
        LimitOptions options = Change(parsed, before);
        bool areReversed = options is { ReviewScore: null, NGScore: null } && options.ReviewRate < options.NGRate;
        if (!areReversed || options.NGRate > LimitOptions.LargestRate || options.ReviewRate < LimitOptions.SmallestRate) return options;
        (Option missing, double rate) = parsed.GetValue(ngRate) is null ? (ngRate, options.ReviewRate) : (reviewRate, options.NGRate);
        if (parsed.GetResult(missing) is not null) return options; // both were given, and are refused when they are used
        string percent = string.Create(CultureInfo.InvariantCulture, $"{rate * 100:0.##}%");
        throw new PromptADException(
            Problem.InvalidArgument,
            $"More good parts go to REVIEW than to NG, but --review-rate would be {options.ReviewRate} and --ng-rate {options.NGRate}; "
            + $"give {missing.Name} {percent}, too.");
    }

    private LimitOptions Change(ParseResult parsed, LimitOptions before) => new()
    {
        ReviewRate = parsed.GetValue(reviewRate) ?? before.ReviewRate,
        NGRate = parsed.GetValue(ngRate) ?? before.NGRate,
        PixelRate = parsed.GetValue(pixelRate) ?? before.PixelRate,
        ReviewScore = parsed.GetValue(reviewScore) ?? (parsed.GetValue(reviewRate) is null ? before.ReviewScore : null),
        NGScore = parsed.GetValue(ngScore) ?? (parsed.GetValue(ngRate) is null ? before.NGScore : null),
        PixelScore = parsed.GetValue(pixelScore) ?? (parsed.GetValue(pixelRate) is null ? before.PixelScore : null),
        MinimumArea = parsed.GetValue(minimumArea) ?? before.MinimumArea,
    };

    private static Option<double?> Rate(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "1%|0.01",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            bool isPercent = text.EndsWith('%');
            if (NumberParser.TryRead(isPercent ? text[..^1] : text, out double value)) return isPercent ? value / 100 : value;
            result.AddError($"{name} is '{text}'; give a part such as 0.01 or a percentage such as 1.5%, with a point for decimals.");
            return null;
        },
    };

    private static Option<float?> Score(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "0..1",
        CustomParser = NumberParser.OfOptional<float>("between 0 and 1"),
    };
}
