using PromptAD.Pictures;
using PromptAD.Training;

namespace PromptAD.Pretraining.Text;

/// <summary>
/// Writes the prompts that pictures are compared with, as detectors use them: a context, a product with or without a state, a full stop. The context is
/// most often some vectors without meaning, which stand for those that a detector will learn.
/// </summary>
internal sealed class PromptWriter(Random random)
{
    /// <summary>Stands for one vector without meaning.</summary>
    public const string Blank = "\0";

    private static readonly string[] General = [.. PublishedPrompts.CommonStates, .. PublishedPrompts.CommonStates, .. Grammar.AnomalousStates];
    private static readonly string[] Beginnings = [.. Grammar.Frames.Where(frame => frame.EndsWith(" {}", StringComparison.Ordinal)).Select(frame => frame[..^3])];

    /// <summary>Products that are not drawn, and words that fit any of them.</summary>
    public static IReadOnlyList<string> OtherNouns { get; } =
    [
        "object", "part", "item", "product", "surface", "material", "component", "piece", "workpiece", "sample", "device", "thing", "commutator", "engine", "housing",
        "glass", "lens", "plate", "sheet", "tube", "pipe", "valve", "pump", "wheel", "tyre", "belt", "pcb", "sensor", "motor", "magnet", "metal", "plastic", "paper", "cloth",
        "textile", "wafer", "weld", "casting", "package", "box", "bag", "bread", "fruit", "nozzle", "blade", "syringe", "vial", "needle", "pen", "knob", "lamp", "panel", "mirror",
    ];

    /// <summary>
    /// What a group's product is called in this step: mostly its noun, sometimes another word, because the state must be understood of products that
    /// have no name here.
    /// </summary>
    public string Name(string noun)
    {
        if (random.NextDouble() < 0.7) return noun;
        if (random.NextDouble() < 0.7) return OtherNouns[random.Next(OtherNouns.Count)];
        return new string([.. Enumerable.Range(0, random.Next(3, 9)).Select(_ => (char)('a' + random.Next(26)))]);
    }

    /// <summary>A prompt of a good product; most often the bare name.</summary>
    public string Normal(string name) =>
        Write(random.NextDouble() < 0.75 ? name : Pick(Grammar.NormalStates).Replace("{}", name, StringComparison.Ordinal));

    /// <summary>A prompt of a product with something wrong, whatever it is.</summary>
    public string Anomalous(string name) => Write(Pick(General).Replace("{}", name, StringComparison.Ordinal));

    /// <summary>A prompt that names what is wrong.</summary>
    public string Anomalous(string name, DefectKind defect) => Write(Pick(Grammar.DefectStates[defect]).Replace("{}", name, StringComparison.Ordinal));

    private string Write(string phrase) => random.NextDouble() switch
    {
        < 0.6 => string.Concat(Enumerable.Repeat(Blank, random.Next(2, 7))) + phrase + ".",
        < 0.85 => $"{Pick(Beginnings)} {phrase}.",
        _ => $"{phrase}.",
    };

    private string Pick(IReadOnlyList<string> items) => items[random.Next(items.Count)];
}
