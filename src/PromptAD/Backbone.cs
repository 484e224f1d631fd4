using PromptAD.Encoders;
using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Pairing;
using PromptAD.Store;

namespace PromptAD;

/// <summary>
/// An opened backbone: the frozen encoder that detectors of any product share, a CLIP or a DINOv2, which knows no words. The vision encoder
/// is loaded on first use. Safe to use from several threads. Predictions that are under way when it is disposed finish; later ones throw
/// <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed class Backbone : IDisposable
{
    internal const string VisionGraphFile = "vision.onnx", VisionWeightsFile = "vision.safetensors";
    internal const string TextWeightsFile = "text.safetensors", VocabularyFile = "vocabulary.txt";

    private readonly string folder;
    private readonly IEncoderConfiguration configuration;
    private readonly Lazy<Task<IPatchEncoder>> opening;
    private readonly Lazy<WindowEncoder> windows;
    private readonly Lock gate = new();
    private readonly Backbone? words; // of a pair
    private readonly IPatchEncoder? before; // another encoder in front; then the sessions are the original's
    private bool disposed;
    private readonly Lazy<ClipTokenizer> tokenizer;

    private Backbone(string folder, BackboneManifest manifest, EncoderOptions options)
    {
        this.folder = folder;
        Id = manifest.Id;
        Hash = manifest.Hash;
        IsGenerated = manifest.Generated;
        configuration = manifest.ReadConfiguration(folder);
        Precision = manifest.Precision;
        ScoringDefaults = configuration.ScoringDefaults;
        Encoder = configuration.Describe(Id, Hash);
        opening = new Lazy<Task<IPatchEncoder>>(
            () => Uninterruptible.Begin(() => configuration.Open(folder, Encoder, Precision, options)));
        windows = new Lazy<WindowEncoder>(() => new WindowEncoder(folder, Configuration, Precision, options));
        tokenizer = new Lazy<ClipTokenizer>(
            () => ClipTokenizer.Load(Path.Combine(folder, VocabularyFile), Configuration.Text.VocabularySize));
    }

    private Backbone(Backbone original, IPatchEncoder before)
    {
        (opening, this.before, Encoder) = (original.opening, before, before.Info);
        (folder, windows, tokenizer) = (original.folder, original.windows, original.tokenizer);
        (Id, Hash, IsGenerated) = (original.Id, original.Hash, original.IsGenerated);
        (configuration, Precision, ScoringDefaults) = (original.configuration, original.Precision, original.ScoringDefaults);
        (words, MemoryBackbone) = (original.words, original.MemoryBackbone);
    }

    private Backbone(Backbone words, Backbone memory, bool owns)
        : this(words, new PairedEncoder(words.DeferredEncoder, memory.DeferredEncoder, () =>
        {
            if (!owns) return;
            words.Dispose();
            memory.Dispose();
        }))
    {
        (this.words, MemoryBackbone) = (words, memory);
        (Id, Hash, IsGenerated) = (Encoder.Id, Encoder.Hash, words.IsGenerated || memory.IsGenerated);
        if (Precision == BackbonePrecision.Float32) Precision = memory.Precision;
        (ScoringDefaults ofWords, ScoringDefaults ofMemory) = (words.ScoringDefaults, memory.ScoringDefaults);
        ScoringDefaults = ofWords with { WhitenMemory = ofMemory.WhitenMemory, MemoryShifts = ofMemory.MemoryShifts };
    }

    /// <summary>Its name in the store.</summary>
    public string Id { get; }

    /// <summary>SHA-256 over configuration, weights, precision and the vocabulary if there is one, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>True for weights made by rule, which know nothing of pictures.</summary>
    public bool IsGenerated { get; }

    /// <summary>
    /// How its vision weights are stored and computed with. Of two backbones, the first's that is not float32.
    /// </summary>
    public BackbonePrecision Precision { get; }

    /// <summary>Whether it knows words. DINOv2 does not, so prompts cannot be learned with it.</summary>
    public bool HasTextTower => configuration.HasTextTower;

    /// <summary>The shape of a CLIP, for all that has to do with words.</summary>
    /// <exception cref="PromptADException">The backbone has no text tower.</exception>
    internal ClipConfiguration Configuration => configuration as ClipConfiguration ?? throw NoTextTower();

    /// <summary>How its encoder normalises pixels.</summary>
    internal PixelFold Pixels => configuration.Pixels;

    /// <summary>How its features are scored best, as its configuration has it.</summary>
    internal ScoringDefaults ScoringDefaults { get; }

    /// <summary>
    /// How much of the words' answers to painted defects is believed where words are weighed beside the memory of several pictures, 0 to 1:
    /// less than 1 for words that have learned from painted defects themselves, and so see them better than real ones. As its
    /// configuration has it.
    /// </summary>
    public float WordTrust => ScoringDefaults.WordTrust;

    /// <summary>The backbone that the memory comes from, where that is another than that of the words; else null.</summary>
    public Backbone? MemoryBackbone { get; }

    /// <summary>The backbone that the words come from: itself, but for a pair.</summary>
    internal Backbone WordBackbone => words ?? this;

    /// <summary>What its encoder takes and gives; known without opening it.</summary>
    public EncoderInfo Encoder { get; }

    /// <summary>CLIP's vision tower itself, for what needs more than features of patches.</summary>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    /// <exception cref="PromptADException">The backbone is no CLIP.</exception>
    internal ClipEncoder Clip => (ClipEncoder)(HasTextTower ? OpenOwn(CancellationToken.None) : throw NoTextTower());

    /// <summary>
    /// The encoder. The first call opens it, which takes a second for a large one and cannot be interrupted: where that call is cancelled,
    /// it is opened all the same, for those to come.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The backbone has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IPatchEncoder OpenEncoder(CancellationToken cancellation = default) => before ?? OpenOwn(cancellation);

    /// <summary>The encoder, opened when the first picture is encoded; belongs to this backbone.</summary>
    public IPatchEncoder DeferredEncoder => new DeferredEncoder(Encoder, OpenEncoder);

    private IPatchEncoder OpenOwn(CancellationToken cancellation)
    {
        Task<IPatchEncoder> begun;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            begun = opening.Value;
        }
        return Uninterruptible.Await(begun, cancellation);
    }

    /// <summary>For comparisons with WinCLIP; to be used before the backbone is disposed, by one thread at a time.</summary>
    /// <exception cref="PromptADException">The backbone is no CLIP.</exception>
    public WindowEncoder Windows => windows.Value;

    internal ClipTokenizer Tokenizer => tokenizer.Value;

    /// <summary>The text tower, for what learns words.</summary>
    /// <exception cref="PromptADException">The backbone has no text tower.</exception>
    public TextTower TextTower => new(Configuration, TextWeightsPath, tokenizer);

    internal string VisionGraphPath => Path.Combine(folder, VisionGraphFile);

    internal string TextWeightsPath => Path.Combine(folder, TextWeightsFile);

    /// <summary>
    /// This backbone with another encoder before its own, such as one that keeps what it has encoded; to be disposed before this one, which
    /// stays open. Detectors that are trained on either fit both, so the encoder's features must be this backbone's.
    /// </summary>
    /// <param name="encoder">Disposed with the backbone that is returned.</param>
    public Backbone With(IPatchEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new Backbone(this, encoder);
    }

    /// <summary>
    /// The words of this backbone with the memory of another, such as a DINOv2, as one: detectors that are trained on it need both. What
    /// the memory looks at and how it is read is the other's, all that has to do with words is this one's. To be disposed before both,
    /// which stay open.
    /// </summary>
    /// <param name="memory">The backbone of the memory.</param>
    /// <exception cref="PromptADException">This one knows no words, they are the same, or one of them is a pair already.</exception>
    public Backbone WithMemoryOf(Backbone memory) => WithMemoryOf(memory, owns: false);

    /// <summary>The same.</summary>
    /// <param name="memory">As above.</param>
    /// <param name="owns">Whether both are disposed with the pair; where it is refused, the memory's is.</param>
    /// <exception cref="PromptADException">As above.</exception>
    internal Backbone WithMemoryOf(Backbone memory, bool owns)
    {
        ArgumentNullException.ThrowIfNull(memory);
        try
        {
            CheckPair(memory);
            return new Backbone(this, memory, owns);
        }
        catch
        {
            if (owns) memory.Dispose();
            throw;
        }
    }

    private void CheckPair(Backbone memory)
    {
        if (!HasTextTower)
        {
            throw new PromptADException(new Diagnostic(
                Problem.Unsupported, $"Backbone '{Id}' has no text tower, so it has no words to add to the memory of '{memory.Id}'.")
            {
                Subject = Id,
                Remedy = $"Train a memory alone of '{memory.Id}' with {{0}}, or take the words of a CLIP.",
                Option = nameof(MemoryTrainer),
            });
        }
        if (memory.Hash == Hash)
        {
            throw new PromptADException(
                Problem.InvalidArgument, $"Words and memory are both to come from backbone '{Id}'; take it alone, or another one for "
                + "one of them.");
        }
        if (MemoryBackbone is null && memory.MemoryBackbone is null) return;
        throw new PromptADException(
            Problem.InvalidArgument, "A detector has at most two backbones; put two together that are not pairs already.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
        }
        before?.Dispose();
        if (before is null && opening.IsValueCreated)
        {
            // An opening that a cancelled call has left is waited for: a process that ends in the middle of one crashes.
            Task<IPatchEncoder> opened = opening.Value;
            ((IAsyncResult)opened).AsyncWaitHandle.WaitOne();
            if (opened.IsCompletedSuccessfully) opened.Result.Dispose();
        }
        if (before is null && windows.IsValueCreated) windows.Value.Dispose();
    }

    /// <summary>Opens a backbone folder, in a store or elsewhere, after comparing its files' sizes with its manifest.</summary>
    internal static Backbone Open(string folder, EncoderOptions? options = null)
    {
        options ??= new EncoderOptions();
        options.Validate();
        BackboneManifest manifest = BackboneManifest.Read(folder);
        foreach (string name in manifest.RequiredFiles)
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists || file.Length != manifest.Files[name].Size)
            {
                throw new PromptADException(
                    Problem.Damaged,
                    $"Backbone '{folder}' is damaged: '{name}' is missing or has another size. Remove it and import it again.");
            }
        }
        if (manifest.Precision == BackbonePrecision.Float16 && options.Provider == ExecutionProvider.Cpu)
        {
            throw new PromptADException(
                Problem.Unsupported, $"Backbone '{folder}' is float16, which does not pay on a processor. "
                + "Choose another provider, or import it as float32 or int8.");
        }
        if (manifest.Precision == BackbonePrecision.Int8 && options.Provider == ExecutionProvider.Cuda)
        {
            throw new PromptADException(
                Problem.Unsupported, $"Backbone '{folder}' is int8, which is slower on CUDA than float32. "
                + "Choose another provider, or import it as float32 or float16.");
        }
        return new Backbone(folder, manifest, options);
    }

    private PromptADException NoTextTower() => new(new Diagnostic(
        Problem.Unsupported, $"Backbone '{Id}' has no text tower, so it knows no words.")
    {
        Subject = Id,
        Remedy = "Train a memory alone with {0}, or choose a CLIP.",
        Option = nameof(MemoryTrainer),
    });
}
