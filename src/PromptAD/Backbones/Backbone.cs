using PromptAD.Backbones;

namespace PromptAD;

/// <summary>
/// An opened backbone: the frozen CLIP that detectors of any product share. The vision encoder is loaded on first use. Safe to use from
/// several threads. Predictions that are under way when it is disposed finish; later ones throw <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed class Backbone : IDisposable
{
    internal const string VisionGraphFile = "vision.onnx", VisionWeightsFile = "vision.safetensors";
    internal const string TextWeightsFile = "text.safetensors", VocabularyFile = "vocabulary.txt";

    /// <summary>The files that every backbone has beside its manifest.</summary>
    internal static readonly IReadOnlyList<string> Files = [VisionGraphFile, VisionWeightsFile, TextWeightsFile, VocabularyFile];

    private readonly string folder;
    private readonly Lazy<Task<IVisionEncoder>> vision;
    private readonly Lazy<WindowEncoder> windows;
    private readonly Lock gate = new();
    private readonly bool isBorrowed; // windows and sessions are another's
    private bool disposed;
    private readonly Lazy<ClipTokenizer> tokenizer;

    private Backbone(string folder, BackboneManifest manifest, EncoderOptions options)
    {
        this.folder = folder;
        Id = manifest.Id;
        Hash = manifest.Hash;
        IsGenerated = manifest.Generated;
        Configuration = BackboneConfiguration.Parse(manifest.Configuration.GetRawText(), folder);
        Precision = manifest.Precision;
        vision = new Lazy<Task<IVisionEncoder>>(
            () => Uninterruptible.Begin<IVisionEncoder>(() => new VisionEncoder(folder, Configuration, Precision, options)));
        windows = new Lazy<WindowEncoder>(() => new WindowEncoder(folder, Configuration, Precision, options));
        tokenizer = new Lazy<ClipTokenizer>(
            () => ClipTokenizer.Load(Path.Combine(folder, VocabularyFile), Configuration.Text.VocabularySize));
    }

    private Backbone(Backbone original, IVisionEncoder encoder)
    {
        (folder, windows, tokenizer) = (original.folder, original.windows, original.tokenizer);
        (Id, Hash, IsGenerated) = (original.Id, original.Hash, original.IsGenerated);
        (Configuration, Precision) = (original.Configuration, original.Precision);
        vision = new Lazy<Task<IVisionEncoder>>(Task.FromResult(encoder));
        isBorrowed = true;
    }

    /// <summary>Its name in the store.</summary>
    public string Id { get; }

    /// <summary>SHA-256 over configuration, vocabulary, weights and precision, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>True for weights made by rule, which know nothing of pictures.</summary>
    public bool IsGenerated { get; }

    /// <summary>How its vision weights are stored and computed with.</summary>
    public BackbonePrecision Precision { get; }

    internal BackboneConfiguration Configuration { get; }

    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    internal IVisionEncoder Vision => OpenVision(CancellationToken.None);

    /// <summary>
    /// The vision encoder. The first call opens it, which takes a second for a large one and cannot be interrupted: where that call is
    /// cancelled, it is opened all the same, for those to come.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal IVisionEncoder OpenVision(CancellationToken cancellation)
    {
        Task<IVisionEncoder> opening;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            opening = vision.Value;
        }
        return Uninterruptible.Await(opening, cancellation);
    }

    /// <summary>For comparisons with WinCLIP; to be used before the backbone is disposed, by one thread at a time.</summary>
    internal WindowEncoder Windows => windows.Value;

    internal ClipTokenizer Tokenizer => tokenizer.Value;

    internal string VisionGraphPath => Path.Combine(folder, VisionGraphFile);

    internal string TextWeightsPath => Path.Combine(folder, TextWeightsFile);

    /// <summary>This backbone with a memory of what it has encoded; to be disposed before this one, which stays open.</summary>
    /// <param name="budget">The most bytes of features that are kept.</param>
    /// <param name="cancellation">As of <see cref="OpenVision"/>.</param>
    internal (Backbone Backbone, CachingEncoder Encoder) Remembering(long budget, CancellationToken cancellation = default)
    {
        var encoder = new CachingEncoder(OpenVision(cancellation), Configuration.Vision.MemoryTaps.Blocks.Count, budget);
        return (With(encoder), encoder);
    }

    /// <summary>This backbone with another encoder before its own; to be disposed before this one, which stays open.</summary>
    internal Backbone With(IVisionEncoder encoder) => new(this, encoder);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
        }
        if (vision.IsValueCreated)
        {
            // An opening that a cancelled call has left is waited for: a process that ends in the middle of one crashes.
            Task<IVisionEncoder> opened = vision.Value;
            ((IAsyncResult)opened).AsyncWaitHandle.WaitOne();
            if (opened.IsCompletedSuccessfully) opened.Result.Dispose();
        }
        if (windows.IsValueCreated && !isBorrowed) windows.Value.Dispose();
    }

    /// <summary>Opens a backbone folder, in a store or elsewhere, after comparing its files' sizes with its manifest.</summary>
    internal static Backbone Open(string folder, EncoderOptions? options = null)
    {
        options ??= new EncoderOptions();
        options.Validate();
        BackboneManifest manifest = BackboneManifest.Read(folder);
        foreach (string name in Files)
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists || file.Length != manifest.Files[name].Size)
            {
                throw new PromptADException(
                    $"Backbone '{folder}' is damaged: '{name}' is missing or has another size. Remove it and import it again.");
            }
        }
        if (manifest.Precision == BackbonePrecision.Float16 && options.Provider == ExecutionProvider.Cpu)
        {
            throw new PromptADException(
                $"Backbone '{folder}' is float16, which does not pay on a processor. "
                + "Choose another provider, or import it as float32 or int8.");
        }
        if (manifest.Precision == BackbonePrecision.Int8 && options.Provider == ExecutionProvider.Cuda)
        {
            throw new PromptADException(
                $"Backbone '{folder}' is int8, which is slower on CUDA than float32. "
                + "Choose another provider, or import it as float32 or float16.");
        }
        return new Backbone(folder, manifest, options);
    }
}
