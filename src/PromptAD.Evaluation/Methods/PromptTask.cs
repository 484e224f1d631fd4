using System.Security.Cryptography;
using System.Text;
using PromptAD.Encoders;
using PromptAD.Evaluation.Features;
using PromptAD.Memory;
using PromptAD.Training;
using PromptAD.Words;

namespace PromptAD.Evaluation.Methods;

/// <summary>
/// One set of prompts to be learned: what it depends on, and nothing else. There is no place in it for a test picture.
/// </summary>
/// <param name="Source">How the prompts come about.</param>
/// <param name="Options">The options of training, the seed included.</param>
/// <param name="ObjectName">What the product is called.</param>
/// <param name="States">The anomaly states.</param>
/// <param name="References">The good pictures to learn from.</param>
/// <param name="KeepsEveryEpoch">Whether the prototypes of every epoch are kept, for the published evaluation to pick from (mark
/// Q7).</param>
internal sealed record PromptTask(
    PromptSource Source,
    TrainingOptions Options,
    string ObjectName,
    IReadOnlyList<string> States,
    IReadOnlyList<string> References,
    bool KeepsEveryEpoch)
{
    private const int Format = 1;

    /// <summary>The options of a source: the paper's method with what the baseline leaves out.</summary>
    public static TrainingOptions Adapt(TrainingOptions options, PromptSource source) => source switch
    {
        PromptSource.WithoutMargin => options with { Losses = options.Losses with { MarginWeight = 0 } },
        PromptSource.ManyClass => options with
        {
            Prompts = options.Prompts with { Concatenation = false, AnomalyContextLength = options.Prompts.ContextLength },
            Losses = options.Losses with { MarginWeight = 0, AlignmentWeight = 0 },
        },
        // WinCLIP's words are compared at the temperature CLIP was trained with.
        PromptSource.Manual => options with { Scoring = options.Scoring with { LogitScale = LogitScaleUse.Exponential } },
        _ => options,
    };

    /// <summary>A hash of all that the prompts depend on: equal keys have equal prompts.</summary>
    public string Key(Backbone backbone, FeatureCache cache, bool ownContexts)
    {
        // Of scoring, learning takes the temperature alone.
        TrainingOptions learning = Options with { Scoring = new ScoringOptions { LogitScale = Options.Scoring.LogitScale } };
        string options = Source == PromptSource.Manual ? "" : learning.ToJson();
        IEnumerable<string> pictures = Source == PromptSource.Manual ? [] : References.Select(cache.HashOf);
        string[] parts =
            [$"{Format}", backbone.Hash, $"{Source}", options, ObjectName, .. States, .. pictures, $"{KeepsEveryEpoch}", $"{ownContexts}"];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    /// <summary>Learns the prompts, or reads them from words.</summary>
    public EpochPrompts Learn(
        Backbone backbone,
        TextEncoder encoder,
        FeatureCache cache,
        InitialContexts? contexts,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        if (Source == PromptSource.Manual)
        {
            Prototypes words = ManualPrompts.Encode(encoder, ObjectName);
            return new EpochPrompts([words], [words]);
        }
        var pictures = new MemoryBuilder(cache.Encoder, MemoryOptions.ItselfAlone);
        foreach (string path in References) pictures.Add(cache.ReadGood(path, cancellation), cancellation);
        PictureFeatures[] references = [.. pictures.Regions.Select(region => region.Itself)];
        var run = new TrainingRun(
            backbone, encoder, Options, contexts ?? InitialContext.Random(Options.Seed), ObjectName, States, references.Length,
            encoder.Temperature(Options.Scoring.LogitScale));
        List<Prototypes> images = [], pixels = [];
        double Keep(Prototypes image, Prototypes pixel, PromptLevel level)
        {
            if (level == PromptLevel.Image) images.Add(image);
            else pixels.Add(pixel);
            return 0; // nothing is rated here: picking comes after all learning
        }

        (Prototypes lastImage, Prototypes lastPixel) = run.Learn(
            [.. references.SelectMany(f => f.Cls)], [.. references.SelectMany(f => f.Tokens)],
            KeepsEveryEpoch ? Keep : null, progress, cancellation);
        return KeepsEveryEpoch ? new EpochPrompts(images, pixels) : new EpochPrompts([lastImage], [lastPixel]);
    }
}
