using PromptAD.Decisions;
using PromptAD.Detectors;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD;

/// <summary>
/// A trained detector as a value that never changes: words, memory, scales, limits and history. Calibration, feedback and moved limits make
/// another one from it. It needs no encoder, except for judging pictures, which <see cref="AnomalyDetector"/> does.
/// </summary>
public sealed record Detector
{
    /// <summary>
    /// The most reference pictures that a detector has; each takes the bytes of the encoder's input, 173 kB at 240 pixels.
    /// </summary>
    public const int MaxReferencePictures = 256;

    /// <param name="metadata">What it is and how it was made.</param>
    /// <param name="words">The learned words; null for a detector that judges by its memory alone.</param>
    /// <param name="banks">The memory banks, one a region; none for a detector that judges by its words alone.</param>
    internal Detector(DetectorMetadata metadata, WordPrototypes? words, IReadOnlyList<MemoryBank> banks) =>
        (Metadata, Words, Banks) = (metadata, words, banks);

    internal DetectorMetadata Metadata { get; init; }

    /// <summary>The prototypes of both levels; null where it has no words.</summary>
    internal WordPrototypes? Words { get; init; }

    /// <summary>The memory banks, one a region: of a whole picture, or of each tile. None where it has no memory.</summary>
    internal IReadOnlyList<MemoryBank> Banks { get; init; }

    /// <summary>The first region's memory bank, which feedback adds to; null where it has no memory.</summary>
    internal MemoryBank? Memory => Banks.Count > 0 ? Banks[0] : null;

    internal ScoringOptions Scoring => Metadata.Scoring;

    internal ScoreScale? Scale => Metadata.Scale;

    /// <summary>
    /// What good pictures score, from which <see cref="WithLimits"/> finds limits. Empty in a detector that was never calibrated.
    /// </summary>
    public GoodScores GoodScores => Metadata.GoodScores ?? new GoodScores([], []);

    /// <summary>The pictures that feedback is checked with.</summary>
    internal IReadOnlyList<ReferencePicture> References
    {
        get => Metadata.References ?? [];
        init => Metadata = Metadata with { References = value.Count > 0 ? value : null };
    }

    /// <summary>What it is and how it was made.</summary>
    public DetectorInfo Info => DetectorInfo.From(Metadata);

    /// <summary>The encoder that the words need; null where it has no words.</summary>
    public EncoderReference? WordEncoder => Words is null ? null : Encoder;

    /// <summary>The encoder that the memory needs; null where it has no memory.</summary>
    public EncoderReference? MemoryEncoder => Memory is null ? null : Metadata.MemoryBackbone ?? Encoder;

    internal EncoderReference Encoder => new(Metadata.BackboneId, Metadata.BackboneHash);

    /// <summary>Whether the file that it was read from has a hash and agrees with it; files of earlier releases have none.</summary>
    public bool IsChecked { get; internal init; }

    /// <summary>The limits of verdicts; null where it was never calibrated.</summary>
    public Limits? Limits => Metadata.Limits;

    /// <summary>
    /// What the limits do not promise: which of them are estimates, and how many pictures would make them a guarantee. A sentence each.
    /// </summary>
    public IReadOnlyList<string> LimitWarnings => Limits is { } limits ? LimitFitting.Warnings(GoodScores, limits) : [];

    /// <summary>What was learned from feedback, the earliest first.</summary>
    public IReadOnlyList<FeedbackEntry> FeedbackHistory => Metadata.History ?? [];

    /// <summary>The names of the pictures that every feedback is checked with, and whether they show good parts.</summary>
    public IReadOnlyList<(string Name, bool IsGood)> ReferencePictures => [.. References.Select(one => (one.Name, one.IsGood))];

    /// <summary>Reads a detector file.</summary>
    /// <exception cref="PromptADException">The file is missing, damaged, no detector, or newer than this library.</exception>
    public static Detector Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return DetectorReader.Read(path).Detector;
    }

    /// <summary>The same from a stream, from its position to its end.</summary>
    /// <param name="stream">A detector file's bytes, at most 2 GB. It need not be able to seek, and stays open.</param>
    /// <exception cref="PromptADException">The stream cannot be read, or holds no whole detector that this library knows.</exception>
    public static Detector Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return DetectorReader.Read(stream);
    }

    /// <summary>
    /// Writes a detector file; its name holds either what was there before or the whole detector. What another program has written there
    /// meanwhile is replaced: <see cref="DetectorFile"/> looks at that.
    /// </summary>
    /// <exception cref="PromptADException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        new DetectorWriter(this).Write(path, (_, _) => { });
    }

    /// <summary>
    /// Writes the bytes of a detector file to a stream, from its position on. It need not be able to seek, and stays open.
    /// </summary>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        new DetectorWriter(this).Write(stream);
    }

    /// <summary>This detector with other limits, found from the scores of good pictures that it keeps; no picture is needed.</summary>
    /// <param name="options">Where the limits are to lie.</param>
    /// <exception cref="PromptADException">An option is out of range, or the detector was never calibrated.</exception>
    public Detector WithLimits(LimitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Calibration.WithLimits(this, GoodScores, options);
    }

    /// <summary>
    /// This detector without what it learned from its latest feedback; where nothing else was changed, it is what it was before. Scores
    /// rise with it, so limits that were calibrated after the feedback are estimates from then on, until the detector is calibrated again.
    /// </summary>
    /// <exception cref="PromptADException">There is nothing to undo.</exception>
    public Detector WithoutLastFeedback() => FalseRejects.Undo(this);

    /// <summary>
    /// This detector without the reference pictures of defects that have a name; feedback is not checked with them any more.
    /// </summary>
    /// <param name="name">The name, as <see cref="ReferencePictures"/> has it.</param>
    /// <exception cref="PromptADException">It has no reference picture of a defect of this name.</exception>
    public Detector WithoutReferenceDefect(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Decisions.References.WithoutDefect(this, name);
    }

    /// <summary>This detector without reference pictures of good parts; those of defects stay.</summary>
    public Detector WithoutGoodReferences() => this with { References = [.. References.Where(one => !one.IsGood)] };

    /// <summary>The product, and how many pictures it was learned from.</summary>
    public override string ToString() => $"{Metadata.ObjectName}, {Metadata.Shots} shot, {Metadata.Created:yyyy-MM-dd}";
}
