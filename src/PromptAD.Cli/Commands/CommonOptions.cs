using System.CommandLine;
using System.CommandLine.Parsing;
using System.Numerics;
using PromptAD.Onnx;

namespace PromptAD.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string?> Store() => new("--store")
    {
        Description = $"Folder of the backbones. Default: ${BackboneStore.FolderVariable}, else the user's data folder.",
        HelpName = "folder",
    };

    /// <summary>Where a changed detector goes, for commands that change the file they are given.</summary>
    public static Option<string?> OtherDetector() => new("--output", "-o")
    {
        Description = "Another file to write. Default: the detector file itself.",
        HelpName = "file",
    };

    public static Option<ExecutionProvider> Provider() => new Option<ExecutionProvider>("--provider")
    {
        Description = "What the encoder is computed on. All but cpu need another native package; of them, cuda alone was tested.",
        DefaultValueFactory = _ => ExecutionProvider.Cpu,
    }.AcceptOnlyNames();

    public static Option<int> Threads()
    {
        var option = new Option<int>("--threads")
        {
            Description = "Threads of the encoder; 0 for all cores.",
            DefaultValueFactory = _ => 0,
        };
        option.AcceptBetween(0, 1024);
        return option;
    }

    public static Option<long?> MaxPicturePixels()
    {
        var option = new Option<long?>("--pixel-limit")
        {
            Description = "The most pixels a picture may have; checked before it is decoded. Default: 100000000.",
            HelpName = "n",
            CustomParser = NumberParser.OfOptional<long>("of at least 1"),
        };
        option.AcceptOnly<long>(value => value >= 1, "be at least 1");
        return option;
    }

    /// <summary>How many bits of 16-bit pictures are used.</summary>
    public static Option<int?> Bits()
    {
        var option = new Option<int?>("--bits")
        {
            Description = "How many low bits 16-bit pictures use, such as 12. Default: what the detector was trained with; in training "
                + "what the files say, else the range of their samples.",
            HelpName = "n",
            CustomParser = NumberParser.OfOptional<int>($"from {PreprocessingOptions.FewestBits} to {PreprocessingOptions.MostBits}"),
        };
        option.AcceptOnly<int>(
            value => value is >= PreprocessingOptions.FewestBits and <= PreprocessingOptions.MostBits,
            $"lie between {PreprocessingOptions.FewestBits} and {PreprocessingOptions.MostBits}");
        return option;
    }

    public static Option<string?> Backbone() => new("--backbone", "-b")
    {
        Description = $"The backbone to use. Default: {BackboneStore.RecommendedId} or the only one in the store; the embedded one where "
            + "it is empty.",
        HelpName = "id",
    };

    public static Option<string?> MemoryBackbone() => new("--memory-backbone")
    {
        Description = "Another backbone for the memory, such as a DINOv2; the words stay with --backbone.",
        HelpName = "id",
    };

    /// <summary>What the product is called.</summary>
    /// <param name="usual">Its name where none is given; null where one must be.</param>
    public static Option<string> ObjectName(string? usual = null)
    {
        var option = new Option<string>("--object")
        {
            Description = "What the product is called in a sentence, such as \"metal nut\".",
            Required = usual is null,
            HelpName = "words",
        };
        if (usual is not null) option.DefaultValueFactory = _ => usual;
        return option;
    }

    public static Option<int> Seed() => new("--seed")
    {
        Description = "Seed of all that is drawn at random.",
        DefaultValueFactory = _ => 0,
        CustomParser = NumberParser.Of<int>($"from {int.MinValue} to {int.MaxValue}"),
    };

    /// <summary>The format of results; the first that T names is the usual one.</summary>
    public static Option<T> Format<T>()
        where T : struct, Enum
    {
        var option = new Option<T>("--format", "-f") { Description = "How results are printed.", DefaultValueFactory = _ => default };
        return option.AcceptOnlyNames();
    }

    /// <summary>Takes the names of an enumeration, in any case, but not its numbers, which .NET would take too.</summary>
    public static Option<T> AcceptOnlyNames<T>(this Option<T> option)
    {
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Enum.GetNames(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)));
        return option;
    }

    /// <summary>Takes the numbers of a range. What is no number at all is left to <see cref="NumberParser"/>.</summary>
    /// <param name="option">An option of one number.</param>
    /// <param name="isAllowed">Whether a number lies in the range.</param>
    /// <param name="range">The range, as what the number must do.</param>
    public static void AcceptOnly<T>(this Option option, Func<T, bool> isAllowed, string range)
        where T : struct, INumber<T> => option.Validators.Add(result =>
        {
            // Asking the result for its value would throw where there is none.
            if (result.Tokens is not [.., var token]) return;
            if (NumberParser.TryRead(token.Value, out T value) && !isAllowed(value)) result.AddError($"{option.Name} must {range}.");
        });

    /// <summary>Takes the numbers from one to another, both included, and reads them.</summary>
    public static void AcceptBetween<T>(this Option<T> option, T lowest, T highest)
        where T : struct, INumber<T>
    {
        option.CustomParser = NumberParser.Of<T>($"from {lowest} to {highest}");
        option.AcceptOnly<T>(value => value >= lowest && value <= highest, $"lie between {lowest} and {highest}");
    }

    /// <summary>Refuses empty paths, and what looks like a mistyped option instead of a file.</summary>
    public static void CheckPaths(SymbolResult result)
    {
        foreach (string path in result.Tokens.Select(token => token.Value))
        {
            if (string.IsNullOrWhiteSpace(path)) result.AddError("A path is empty.");
            else if (path[0] == '-' && !Path.Exists(path)) result.AddError($"'{path}' is not known here.");
        }
    }

    /// <summary>The backbone that was asked for, else the store's default.</summary>
    public static string ChooseBackbone(BackboneStore store, string? id, Terminal terminal)
    {
        if (id is not null) return id;
        string found = store.FindDefault();
        if (found == BackboneStore.EmbeddedId)
        {
            terminal.Warn(
                $"using the embedded backbone '{found}', a small one for trying things out. "
                + $"For production: 'promptad backbone pull {BackboneStore.RecommendedId}'.");
        }
        return found;
    }

    /// <summary>Says what a generated backbone is worth, so that nobody takes its scores for results.</summary>
    public static void WarnIfGenerated(Terminal terminal, bool generated)
    {
        if (!generated) return;
        terminal.Warn(
            "the backbone was generated by rule and knows nothing of pictures; its scores mean nothing. "
            + "Pull ViT-B-16-plus-240 for real use.");
    }

    /// <summary>Says that a detector stands on the embedded backbone, until it stands on another.</summary>
    public static void WarnIfTrial(Terminal terminal, string backboneId)
    {
        if (backboneId != BackboneStore.EmbeddedId) return;
        terminal.Warn(
            $"the detector uses the trial backbone '{backboneId}', a small one; for production train it with a CLIP: 'promptad backbone "
            + $"pull {BackboneStore.RecommendedId}'.");
    }

    /// <summary>Says where an int8 backbone may cost time instead of saving it.</summary>
    public static void WarnIfSlow(Terminal terminal, BackbonePrecision precision, ExecutionProvider provider = ExecutionProvider.Cpu)
    {
        if (precision != BackbonePrecision.Int8 || provider != ExecutionProvider.Cpu || !IntegerProducts.AreMissing) return;
        terminal.Warn(
            "the backbone is int8, and this processor has no 8-bit dot products (AVX-512 VNNI or AVX-VNNI), from which int8 gets its "
            + "speed; compare with a float32 one.");
    }

    /// <summary>The words of a list with commas.</summary>
    public static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The numbers of a list of shots.</summary>
    public static int[] ReadShots(string text) =>
    [
        .. Split(text).Select(word => int.TryParse(word, out int shots)
            ? shots
            : throw new PromptADException(
                Problem.InvalidArgument,
                $"--shots holds '{word}', which is no whole number; write it like 1,2,4.")),
    ];
}
