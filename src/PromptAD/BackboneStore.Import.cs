using PromptAD.Checkpoints;
using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Encoders.Dino;
using PromptAD.Files;
using PromptAD.Store;

namespace PromptAD;

public sealed partial class BackboneStore
{
    /// <summary>
    /// Imports a checkpoint of CLIP, with the names of OpenAI, open_clip or Hugging Face, or of DINOv2, with those of Meta, timm or Hugging
    /// Face: safetensors, or a PyTorch file read without running anything in it.
    /// </summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="configuration">
    /// A name of open_clip's plain ViT family, such as "ViT-B-16-plus-240", one of DINOv2, such as "dinov2_vits14", or the path of a JSON
    /// file with a configuration. "dinov2" stands for the DINOv2 whose shapes the checkpoint has.
    /// </param>
    /// <param name="options">The backbone's name, its input and whether one of the same name is replaced.</param>
    /// <param name="progress">Told how far the import is.</param>
    /// <param name="cancellation">Stops the import; nothing is left behind.</param>
    /// <exception cref="PromptADException">
    /// The file is not readable, is another kind of model, does not fit the configuration (<see cref="PromptADException.Details"/> lists
    /// every difference), or the name is taken.
    /// </exception>
    public BackboneInfo Import(
        string checkpoint,
        string configuration,
        BackboneImportOptions? options = null,
        IProgress<BackboneProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new BackboneImportOptions();
        IEncoderConfiguration? named = DinoShapes.IsName(configuration) ? null : BackboneCatalog.Find(configuration);
        using Checkpoint weights = Checkpoint.Open(checkpoint);
        IEncoderConfiguration parsed = named ?? DinoShapes.Infer(weights);
        string id = options.Id ?? (named is null ? DinoShapes.NameOf(parsed) : Path.GetFileNameWithoutExtension(configuration));
        RefuseEmbeddedName(id);
        string source = $"{Path.GetFileName(checkpoint)}, sha256 {HashOf(checkpoint)}";
        return Import(weights, parsed, id, source, generated: false, options, progress, cancellation);
    }

    /// <summary>
    /// Makes a backbone whose weights follow a rule: the same on every machine, and knowing nothing of pictures. For trying the plumbing
    /// and for tests.
    /// </summary>
    /// <param name="configuration">
    /// As in <see cref="Import(string, string, BackboneImportOptions?, IProgress{BackboneProgress}?, CancellationToken)"/>.
    /// </param>
    /// <param name="options">The backbone's name, the vocabulary and whether one of the same name is replaced.</param>
    /// <param name="progress">Told how far the work is.</param>
    /// <param name="cancellation">Stops the work; nothing is left behind.</param>
    public BackboneInfo Generate(
        string configuration,
        BackboneImportOptions? options = null,
        IProgress<BackboneProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new BackboneImportOptions();
        string id = options.Id ?? $"{Path.GetFileNameWithoutExtension(configuration)}-generated";
        return Generate(BackboneCatalog.Find(configuration), id, options, progress, cancellation);
    }

    /// <summary>
    /// Writes the weights that <see cref="Generate(string, BackboneImportOptions?, IProgress{BackboneProgress}?, CancellationToken)"/>
    /// makes as a checkpoint: one safetensors file, under the names of the family, which other programs read.
    /// </summary>
    /// <param name="configuration">As there.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="progress">Told how far the work is.</param>
    /// <param name="cancellation">Stops the work; nothing is left behind.</param>
    /// <returns>The number of tensors.</returns>
    /// <exception cref="PromptADException">There is no such configuration, or the file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static int GenerateCheckpoint(
        string configuration,
        string path,
        IProgress<BackboneProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var weights = new DeterministicCheckpoint(BackboneCatalog.Find(configuration));
        TensorEntry[] entries = [.. weights.Tensors.Values];
        long done = 0, total = entries.Sum(entry => entry.Count);
        AtomicFile.Write(path, stream => new SafetensorsLayout(entries).Write(stream, entry =>
        {
            cancellation.ThrowIfCancellationRequested();
            var values = new float[entry.Count];
            weights.Read(entry.Name, values);
            progress?.Report(new BackboneProgress("Generating", (double)(done += entry.Count) / total));
            return values;
        }));
        return entries.Length;
    }

    internal BackboneInfo Generate(
        IEncoderConfiguration configuration,
        string id,
        BackboneImportOptions? options = null,
        IProgress<BackboneProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        RefuseEmbeddedName(id);
        using var weights = new DeterministicCheckpoint(configuration);
        const string Source = "generated by rule: it knows nothing of pictures";
        return Import(weights, configuration, id, Source, generated: true, options ?? new BackboneImportOptions(), progress, cancellation);
    }

    private BackboneInfo Import(
        Checkpoint weights,
        IEncoderConfiguration configuration,
        string id,
        string source,
        bool generated,
        BackboneImportOptions options,
        IProgress<BackboneProgress>? progress,
        CancellationToken cancellation)
    {
        ValidateId(id);
        Validation.Check.Known(options.Precision, "precision");
        configuration = configuration is DinoConfiguration dino ? Choose(dino, options) : Choose((ClipConfiguration)configuration, options);
        ClipTokenizer? tokenizer = configuration is ClipConfiguration clip ? Tokenizer(clip, options) : null;
        new BackboneImporter(weights, configuration, tokenizer, options.Precision, progress, cancellation)
            .Write(Path.Combine(Folder, id), source, generated, options.Overwrite);
        return Info(id);
    }

    private static ClipConfiguration Choose(ClipConfiguration configuration, BackboneImportOptions options)
    {
        int own = configuration.Vision.ImageSize;
        if (new[] { options.InputSize, options.InputHeight }.FirstOrDefault(side => side is not null && side != own) is { } asked)
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                $"The input size is {asked}, but a CLIP reads the size that its configuration says, {own} pixels here; leave it out.");
        }
        if (options.MemoryPoint is not { } point) return configuration;
        MemoryTaps taps = MemoryTaps.Default(configuration.Vision.Layers, point);
        return configuration with { Vision = configuration.Vision with { MemoryTaps = taps } };
    }

    private static DinoConfiguration Choose(DinoConfiguration configuration, BackboneImportOptions options)
    {
        if (options.Vocabulary is not null)
            throw new PromptADException(Problem.InvalidArgument, "A DINOv2 has no text tower and reads no vocabulary; leave it out.");
        if (options.MemoryPoint is not null)
        {
            throw new PromptADException(
                Problem.InvalidArgument,
                "A memory point is CLIP's; leave it out. Where a DINOv2's features are taken is said by 'memory_taps' of its "
                + "configuration.");
        }
        int width = options.InputSize ?? configuration.InputWidth;
        return configuration.WithInputSize(width, options.InputHeight ?? (options.InputSize is null ? configuration.InputHeight : width));
    }

    private static ClipTokenizer Tokenizer(ClipConfiguration configuration, BackboneImportOptions options) => options.Vocabulary is { } path
        ? ClipTokenizer.Load(path, configuration.Text.VocabularySize)
        : ClipTokenizer.Published(configuration.Text.VocabularySize);
}

/// <summary>Choices for bringing a backbone into the store.</summary>
public sealed record BackboneImportOptions
{
    /// <summary>The backbone's name in the store.</summary>
    /// <value>By default the configuration's name.</value>
    public string? Id { get; init; }

    /// <summary>
    /// The merges that the text tower was trained with: CLIP's published file, <c>merges.txt</c> or <c>tokenizer.json</c>. Not for a
    /// DINOv2.
    /// </summary>
    /// <value>By default CLIP's published merges, cut to the configuration's vocabulary.</value>
    public string? Vocabulary { get; init; }

    /// <summary>The side of the square that a DINOv2 reads, in pixels: a multiple of its patch, at most 128 patches.</summary>
    /// <value>By default what the configuration says: 518 for the published ones. CLIP's cannot be chosen.</value>
    public int? InputSize { get; init; }

    /// <summary>
    /// The height of what a DINOv2 reads, in pixels, where that is no square; <see cref="InputSize"/> is its width then. For long pictures:
    /// they are distorted less, and cost less.
    /// </summary>
    /// <value>By default as <see cref="InputSize"/>, or what the configuration says.</value>
    public int? InputHeight { get; init; }

    /// <summary>Mark Q1: where the memory bank's features are taken, at the published depths.</summary>
    /// <value>
    /// By default what the configuration says: <see cref="MemoryTapPoint.Attention"/>, as published, unless its <c>memory_taps</c> say
    /// otherwise.
    /// </value>
    public MemoryTapPoint? MemoryPoint { get; init; }

    /// <summary>How the vision weights are stored and computed with.</summary>
    /// <value><see cref="BackbonePrecision.Float32"/> by default.</value>
    public BackbonePrecision Precision { get; init; }

    /// <summary>Whether a backbone of the same name is replaced.</summary>
    /// <value>False by default.</value>
    public bool Overwrite { get; init; }
}
