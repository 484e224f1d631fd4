using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Files;

namespace PromptAD.Store;

/// <summary>Compares the names and shapes of a checkpoint's tensors with those of configurations.</summary>
internal sealed class CheckpointFit(Checkpoint checkpoint)
{
    private const string Mask = "attn_mask"; // of the whole text tower, or one in each block of a TorchScript archive

    // What other programs store beside the weights that features depend on: buffers of CLIP, which hold nothing that the configuration does
    // not say, and of DINOv2 the token of hidden patches, which training alone reads.
    private static readonly string[] Ignored =
    [
        "input_resolution", "context_length", "vocab_size",
        "vision_model.embeddings.position_ids", "text_model.embeddings.position_ids",
        "n_averaged", "mask_token",
    ];

    /// <summary>Refuses a checkpoint that is not of this configuration, and says what it is if its names or shapes tell.</summary>
    /// <exception cref="PromptADException">It is not; the details list every difference unless it is another kind of model.</exception>
    public void Require(IEncoderConfiguration configuration)
    {
        List<string> differences = Differences(configuration);
        if (differences.Count == 0) return;
        string[] fitting = [.. BackboneCatalog.Names.Where(other => Differences(BackboneCatalog.Find(other)).Count == 0)];
        if (fitting.Length == 0 && Stranger(configuration) is var (family, name))
        {
            throw new PromptADException(new Diagnostic(
                Problem.Mismatch,
                $"The checkpoint does not fit the configuration: its names, such as '{Printable.Line(name)}', are those of {family}. Give "
                + $"{configuration.Wanted}.")
            {
                Subject = configuration.HasTextTower ? BackboneStore.RecommendedId : BackboneCatalog.NamesOf(configuration.Kind)[0],
                Remedy = "{0} gets one.",
                Option = $"{nameof(BackboneStore)}.{nameof(BackboneStore.PullAsync)}",
            });
        }
        string known = fitting.Length == 0 ? "" : $"; its shapes are those of {string.Join(", ", fitting)}";
        throw new PromptADException(
            Problem.Mismatch, $"The checkpoint does not fit the configuration: {differences.Count} differences. "
            + $"Choose the configuration it was trained with{known}.")
        { Details = differences };
    }

    /// <summary>The family of models that the checkpoint is of, if it is another one, and a name that tells.</summary>
    private (string Family, string Name)? Stranger(IEncoderConfiguration configuration)
    {
        if (configuration.ExpectedTensors().All(tensor => checkpoint.Tensors.ContainsKey(tensor.Name))) return null;
        bool isMeant = !configuration.HasTextTower && ModelFamily.IsDino(checkpoint.FoundNames);
        return isMeant ? null : ModelFamily.Guess(checkpoint.FoundNames);
    }

    /// <summary>Every difference, a line each.</summary>
    private List<string> Differences(IEncoderConfiguration configuration)
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
