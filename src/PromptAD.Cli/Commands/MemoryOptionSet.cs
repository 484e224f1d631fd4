using System.CommandLine;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Training;

namespace PromptAD.Cli.Commands;

/// <summary>The options that say what is remembered of good patches, and by which encoder.</summary>
internal sealed class MemoryOptionSet
{
    private readonly Option<bool> memoryOnly = new("--memory-only")
    {
        Description = "Learn no words: judge by the memory of good patches alone. Takes seconds, and works with backbones without a text "
            + "tower.",
    };

    private readonly Option<MemoryKind> kind = new Option<MemoryKind>("--memory")
    {
        Description = "bank: remember good patches. subspace: remember the plane that they lie in, of any number of pictures in one size.",
        DefaultValueFactory = _ => MemoryKind.Bank,
    }.AcceptOnlyNames();

    private readonly Option<double?> explained = new("--explained-variance")
    {
        Description = "The part of the good patches' variance that a subspace explains. Default: 0.99.",
        HelpName = "part",
        CustomParser = NumberParser.OfOptional<double>("from 0.5 to 0.9999"),
    };

    private readonly Option<int?> rows = new("--memory-rows")
    {
        Description = "The most rows of the memory bank where more than four pictures are learned from. Default: 5000.",
        HelpName = "n",
        CustomParser = NumberParser.OfOptional<int>("from 100 to 1000000"),
    };

    private readonly Option<string?> backbone = CommonOptions.MemoryBackbone();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[memoryOnly, kind, explained, rows, backbone]) command.Add(option);
    }

    /// <summary>Whether no words are learned.</summary>
    public bool IsAlone(ParseResult parsed) => parsed.GetValue(memoryOnly);

    /// <summary>The options with what was given of the memory.</summary>
    public TrainingOptions Change(ParseResult parsed, TrainingOptions options) => options with
    {
        Memory = parsed.GetValue(kind),
        ExplainedVariance = parsed.GetValue(explained),
        MemoryRows = parsed.GetValue(rows),
    };

    /// <summary>The backbone of the memory, where that is not the one of the words; else null.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="backbones">The store.</param>
    /// <param name="encoder">How it is opened.</param>
    /// <exception cref="PromptADException">It is not in the store, or not needed.</exception>
    public Backbone? OpenOther(ParseResult parsed, BackboneStore backbones, EncoderOptions encoder)
    {
        if (parsed.GetValue(backbone) is not { } id) return null;
        if (IsAlone(parsed))
        {
            throw new PromptADException(
                Problem.InvalidArgument, $"--memory-only needs one backbone; give '{id}' as --backbone, and leave out --memory-backbone.");
        }
        return backbones.Open(id, encoder);
    }

    /// <summary>
    /// What pictures take in the detector's file at least: their patches at each tap, their variations and shifts; or planes.
    /// </summary>
    public long BytesOf(ParseResult parsed, int pictures, Backbone backbone, ScoringOptions scoring)
    {
        EncoderInfo encoder = backbone.Encoder;
        if (parsed.GetValue(kind) == MemoryKind.Subspace) return encoder.Widths.Sum(width => (long)width * width * sizeof(float));
        int shifts = scoring.MemoryShifts ?? 1, views = (shifts * shifts) + (scoring.WhitenMemory == true ? GentleVariation.Count : 0);
        return (long)pictures * views * encoder.Patches * encoder.Widths.Sum() * sizeof(float);
    }
}
