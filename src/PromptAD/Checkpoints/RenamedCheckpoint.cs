using PromptAD.Files;

namespace PromptAD.Checkpoints;

/// <summary>
/// Weights under the names of the program that published the model, open_clip's for CLIP and Meta's for DINOv2, whatever names another
/// program stored them under. Other tensors keep theirs.
/// </summary>
internal sealed class RenamedCheckpoint : Checkpoint
{
    private readonly Checkpoint stored;
    private readonly Dictionary<string, TensorSource> sources;
    private readonly Dictionary<string, TensorEntry> tensors = [];
    private readonly IReadOnlyCollection<string> found;

    /// <param name="stored">The weights as they are stored; disposed with this.</param>
    public RenamedCheckpoint(Checkpoint stored)
    {
        this.stored = stored;
        Dictionary<string, string> unwrapped = TensorNames.Unwrap([.. stored.Tensors.Keys]);
        found = unwrapped.Keys;
        sources = DinoNames.AreKnown(unwrapped.Keys)
            ? DinoNames.Translate(unwrapped, stored.Tensors)
            : HuggingFaceNames.Translate(unwrapped, stored.Tensors);
        foreach ((string name, TensorSource source) in sources)
            tensors.Add(name, new TensorEntry(name, stored.Tensors[source.Stored[0]].Type, source.ShapeOf(stored.Tensors)!));
    }

    public override IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    public override IEnumerable<string> FoundNames => found;

    public override void Read(string name, Span<float> destination)
    {
        if (!sources.TryGetValue(name, out TensorSource? source))
            throw new PromptADException(
                Problem.Damaged,
                $"Cannot read the weights: tensor '{Printable.Line(name)}' is missing. Give all weights.");
        long count = tensors[name].Count;
        if (destination.Length != count) throw new ArgumentException($"'{name}' has {count} elements.", nameof(destination));
        source.Read(stored, destination);
    }

    public override void Dispose() => stored.Dispose();
}
