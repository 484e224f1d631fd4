using PromptAD.Checkpoints;
using PromptAD.Encoders.Clip;
using PromptAD.Files;

namespace PromptAD.Store;

/// <summary>Compares the names and shapes of a checkpoint's tensors with those of configurations.</summary>
internal sealed class CheckpointFit(Checkpoint checkpoint)
{
    private const string Mask = "attn_mask"; // of the whole text tower, or one in each block of a TorchScript archive

    // Buffers that other CLIP programs store beside the weights; they hold nothing that the configuration does not say.
    private static readonly string[] Ignored =
    [
        "input_resolution", "context_length", "vocab_size",
        "vision_model.embeddings.position_ids", "text_model.embeddings.position_ids",
        "n_averaged",
    ];

    /// <summary>Refuses a checkpoint that is not of this configuration, and says what it is if its names or shapes tell.</summary>
    /// <exception cref="PromptADException">It is not; the details list every difference unless it is another kind of model.</exception>
    public void Require(ClipConfiguration configuration)
    {
        List<string> differences = Differences(configuration);
        if (differences.Count == 0) return;
        bool hasAllNames = configuration.ExpectedTensors().All(tensor => checkpoint.Tensors.ContainsKey(tensor.Name));
        if (!hasAllNames && ModelFamily.Guess(checkpoint.FoundNames) is var (family, name))
        {
            throw new PromptADException(new Diagnostic(
                Problem.Mismatch,
                $"The checkpoint does not fit the configuration: its names, such as '{Printable.Line(name)}', are those of {family}. Give "
                + "image and text tower of a CLIP with a plain ViT, as OpenAI, open_clip or Hugging Face name them.")
            {
                Subject = BackboneStore.RecommendedId,
                Remedy = "{0} gets one.",
                Option = $"{nameof(BackboneStore)}.{nameof(BackboneStore.PullAsync)}",
            });
        }
        string[] fitting = [.. BackboneCatalog.Names.Where(other => Differences(BackboneCatalog.Find(other)).Count == 0)];
        string known = fitting.Length == 0 ? "" : $"; its shapes are those of {string.Join(", ", fitting)}";
        throw new PromptADException(
            Problem.Mismatch, $"The checkpoint does not fit the configuration: {differences.Count} differences. "
            + $"Choose the configuration it was trained with{known}.")
        { Details = differences };
    }

    /// <summary>Every difference, a line each.</summary>
    private List<string> Differences(ClipConfiguration configuration)
    {
        var differences = new List<string>();
        var names = new HashSet<string>(Ignored);
        foreach ((string name, long[] shape) in configuration.ExpectedTensors())
        {
            names.Add(name);
            if (!checkpoint.Tensors.TryGetValue(name, out TensorEntry? entry)) differences.Add($"{name} is missing");
            else if (!entry.Shape.SequenceEqual(shape) && !(shape.Length == 0 && entry.Count == 1))
                differences.Add($"{name} is {entry.ShapeText}, the configuration says {TensorEntry.ShapeToText(shape)}");
        }
        IEnumerable<string> extra = checkpoint.Tensors.Keys.Where(
            name => !names.Contains(name) && !name.EndsWith(Mask, StringComparison.Ordinal));
        differences.AddRange(extra.Order(StringComparer.Ordinal).Select(name => $"{name} is not part of the configuration"));
        return differences;
    }
}
