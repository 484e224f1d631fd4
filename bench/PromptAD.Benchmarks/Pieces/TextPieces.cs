using BenchmarkDotNet.Attributes;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Benchmarks.Training;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Training;
using PromptAD.Training.Tests.Twins;

namespace PromptAD.Benchmarks.Pieces;

/// <summary>Words and prompts, with the embedded backbone.</summary>
public class TextPieces : IDisposable
{
    private const int States = 14, Vocabulary = 49408;
    private readonly Workplace workplace = new();
    private readonly ClipTokenizer tokenizer = ClipTokenizer.Published(Vocabulary);
    private Backbone? backbone;
    private TrainingPair? pair;

    [GlobalSetup]
    public void Setup()
    {
        backbone = workplace.Store.Open(BackboneStore.EmbeddedId);
        pair = new TrainingPair(
            backbone, PromptLevel.Image, EpochCost.ObjectName, EpochCost.States(States), TrainingOptions.Published);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        pair?.Dispose();
        backbone?.Dispose();
        workplace.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int[] Tokenize() => tokenizer.Encode("a cropped photo of a carpet with a thread pulled out, seen from above");

    /// <summary>An epoch of the image level, 14 states: each distinct token once.</summary>
    [Benchmark]
    public void PromptStep() => pair!.Fast.Step(0);

    /// <summary>The same with a row for each prompt, filled up to 77 tokens.</summary>
    [Benchmark]
    public void PromptStepPlain() => pair!.Plain.Step(0);
}
