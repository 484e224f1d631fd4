using System.CommandLine;
using PromptAD.Training;

namespace PromptAD.Cli.Commands;

/// <summary>The options that say how the method is carried out: a preset, and each mark by itself.</summary>
internal sealed class MethodOptions
{
    private const string Recommended = "recommended", Published = "published";
    private readonly Option<string> preset = new("--preset")
    {
        Description = "recommended: for products. published: repeats the authors' program.",
        DefaultValueFactory = _ => Recommended,
        HelpName = $"{Recommended}|{Published}",
    };

    private readonly Option<string?> category = new("--category")
    {
        Description = "Q8: add the published anomaly states of this MVTec AD or VisA category.",
        HelpName = "name",
    };

    private readonly Option<int?> epochs = new("--epochs")
    {
        Description = "Passes over the pictures, for each level. Default: 100.",
        HelpName = "n",
        CustomParser = NumberParser.OfOptional<int>($"from 1 to {OptimizerOptions.MostEpochs}"),
    };

    private readonly Option<LearnedPromptOrder?> learnedOrder = new("--learned-order")
    {
        Description = "Q2: where the learned anomaly context stands.",
    };

    private readonly Option<LogitScaleUse?> logitScale = new("--logit-scale")
    {
        Description = "Q3: the temperature as stored, or its exponential.",
    };

    private readonly Option<PixelMargin?> pixelMargin = new("--pixel-margin")
    {
        Description = "Q4: how the pixel level takes the margin.",
    };

    private readonly Option<ResizeMode?> resize = new("--resize")
    {
        Description = "Q5: resize pictures in one step, or by way of 1024 x 1024.",
    };

    private readonly Option<ChannelOrder?> queryChannels = new("--query-channels")
    {
        Description = "Q6: how pictures to be judged are read.",
    };

    private readonly ReadoutOptions readout = new();
    private readonly Option<long?> pixelLimit = CommonOptions.MaxPicturePixels();
    private readonly Option<int?> bits = CommonOptions.Bits();

    public MethodOptions()
    {
        preset.AcceptOnlyFromAmong(Recommended, Published);
        learnedOrder.AcceptOnlyNames();
        logitScale.AcceptOnlyNames();
        pixelMargin.AcceptOnlyNames();
        resize.AcceptOnlyNames();
        queryChannels.AcceptOnlyNames();
    }

    public void AddTo(Command command)
    {
        Option[] all = [preset, category, epochs, learnedOrder, logitScale, pixelMargin, resize, queryChannels, pixelLimit, bits];
        foreach (Option option in all) command.Add(option);
        readout.AddTo(command);
    }

    /// <summary>The preset, changed by the marks that were given.</summary>
    public TrainingOptions Read(ParseResult parsed, int seed)
    {
        TrainingOptions start = parsed.GetValue(preset) == Published ? TrainingOptions.Published : TrainingOptions.Recommended;
        return start with
        {
            Seed = seed,
            Prompts = start.Prompts with { LearnedOrder = parsed.GetValue(learnedOrder) ?? start.Prompts.LearnedOrder },
            Losses = start.Losses with { PixelMargin = parsed.GetValue(pixelMargin) ?? start.Losses.PixelMargin },
            Optimizer = start.Optimizer with { Epochs = parsed.GetValue(epochs) ?? start.Optimizer.Epochs },
            Scoring = readout.Change(parsed, start.Scoring) with { LogitScale = parsed.GetValue(logitScale) ?? start.Scoring.LogitScale },
            Preprocessing = start.Preprocessing with
            {
                Resize = parsed.GetValue(resize) ?? start.Preprocessing.Resize,
                QueryChannels = parsed.GetValue(queryChannels) ?? start.Preprocessing.QueryChannels,
                MaxPicturePixels = parsed.GetValue(pixelLimit) ?? start.Preprocessing.MaxPicturePixels,
                SignificantBits = parsed.GetValue(bits),
            },
        };
    }

    /// <summary>Whether the published states of a category are asked for.</summary>
    public bool HasStates(ParseResult parsed) => parsed.GetValue(category) is not null;

    /// <summary>Adds the published states of the category, if one was given.</summary>
    public void AddStates(ParseResult parsed, PromptTrainer trainer)
    {
        if (parsed.GetValue(category) is not { } name) return;
        foreach (string state in PublishedPrompts.StatesOf(name)) trainer.AddState(state);
    }
}
