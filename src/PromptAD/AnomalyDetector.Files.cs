using PromptAD.Detectors;
using PromptAD.Encoders;

namespace PromptAD;

/// <content>Loading and saving, in files and streams.</content>
public sealed partial class AnomalyDetector
{
    private KnownFiles known = new();
    private readonly Lock savingGate = new(); // so that what an earlier call writes does not follow what a later one does

    /// <summary>Puts a detector on an open backbone, which several detectors can share. The backbone stays with the caller.</summary>
    /// <exception cref="PromptADException">The detector was made with another backbone.</exception>
    public AnomalyDetector(Detector detector, Backbone backbone) : this(Checked(detector, backbone), backbone, ownsBackbone: false)
    {
    }

    private static Detector Checked(Detector detector, Backbone backbone)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(backbone);
        CheckFit(detector, backbone, new DetectorSource(Path: null, detector.Info.ObjectName));
        return detector;
    }

    /// <summary>Loads a detector and the backbone it was made with.</summary>
    /// <param name="path">The detector's file.</param>
    /// <param name="store">Where the backbone is; null for the default store.</param>
    /// <param name="threads">Threads for one prediction; 0 for all cores.</param>
    /// <exception cref="PromptADException">
    /// The file is missing, damaged or newer than this library, or the store lacks the backbone with the hash noted in it.
    /// </exception>
    public static AnomalyDetector Load(string path, BackboneStore? store = null, int threads = 0) =>
        Load(path, new EncoderOptions { Threads = threads }, store);

    /// <summary>The same from a stream, from its position to its end.</summary>
    /// <param name="stream">
    /// What <see cref="Save(Stream)"/> has written, or a detector file's bytes; at most 2 GB, read into memory. It need not be able to
    /// seek, and stays open: closing it is the caller's.
    /// </param>
    /// <param name="store">As above.</param>
    /// <param name="threads">As above.</param>
    /// <exception cref="PromptADException">The stream cannot be read, or as above.</exception>
    public static AnomalyDetector Load(Stream stream, BackboneStore? store = null, int threads = 0) =>
        Load(stream, new EncoderOptions { Threads = threads }, store);

    /// <summary>Loads a detector and the backbone it was made with.</summary>
    /// <param name="path">The detector's file.</param>
    /// <param name="encoder">Threads for one prediction, and what it is computed on.</param>
    /// <param name="store">Where the backbone is; null for the default store.</param>
    /// <exception cref="PromptADException">
    /// The file is missing, damaged or newer than this library, the store lacks the backbone with the hash noted in it, or the provider
    /// cannot be used here.
    /// </exception>
    public static AnomalyDetector Load(string path, EncoderOptions encoder, BackboneStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(encoder);
        return Open(DetectorReader.Read(path), encoder, store, new DetectorSource(path));
    }

    /// <summary>The same from a stream, as of <see cref="Load(Stream, BackboneStore, int)"/>.</summary>
    /// <param name="stream">As there; stays open.</param>
    /// <param name="encoder">As above.</param>
    /// <param name="store">As above.</param>
    /// <exception cref="PromptADException">The stream cannot be read, or as above.</exception>
    public static AnomalyDetector Load(Stream stream, EncoderOptions encoder, BackboneStore? store = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(encoder);
        return Open((DetectorReader.Read(stream), new KnownFiles()), encoder, store, new DetectorSource(Path: null));
    }

    /// <summary>Loads a detector onto an open backbone, which several detectors can share. The backbone stays with the caller.</summary>
    /// <exception cref="PromptADException">
    /// The file is missing, damaged or newer than this library, or was made with another backbone.
    /// </exception>
    public static AnomalyDetector Load(string path, Backbone backbone)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(backbone);
        return Open(DetectorReader.Read(path), backbone, new DetectorSource(path));
    }

    /// <summary>The same from a stream, as of <see cref="Load(Stream, BackboneStore, int)"/>.</summary>
    /// <exception cref="PromptADException">The stream cannot be read, or as above.</exception>
    public static AnomalyDetector Load(Stream stream, Backbone backbone)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(backbone);
        return Open((DetectorReader.Read(stream), new KnownFiles()), backbone, new DetectorSource(Path: null));
    }

    /// <summary>
    /// Writes the detector to a file; the name holds either what was there before or the whole detector. The file that it was loaded
    /// from is replaced only while it holds what it held then or when it was last saved there, so that two programs do not undo each
    /// other's changes.
    /// </summary>
    /// <exception cref="PromptADException">
    /// The file cannot be written, or was changed meanwhile by another program: load it again and repeat the change.
    /// </exception>
    public void Save(string path) => Save(path, before: null);

    /// <summary>
    /// Writes the bytes of a detector file to a stream, from its position on. What is there is not looked at: that other programs' changes
    /// stay is the caller's care, and that a stream that fails midway is not taken for a whole one.
    /// </summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open: closing it is the caller's.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Detector.Save(stream);
    }

    /// <summary>The same, and looks at any other file, too, before it is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="before">
    /// What it must still hold where the detector was not loaded from it: what <see cref="FileContent.Of"/> has said before the work.
    /// </param>
    /// <exception cref="PromptADException">As above.</exception>
    public void Save(string path, FileContent before) => Save(path, (FileContent?)before);

    private void Save(string path, FileContent? before)
    {
        ArgumentNullException.ThrowIfNull(path);
        lock (savingGate) known.Save(Detector, path, before);
    }

    private static AnomalyDetector Open(
        (Detector Detector, KnownFiles Known) read, EncoderOptions encoder, BackboneStore? store, DetectorSource source)
    {
        Backbone backbone = Open(read.Detector, encoder, store ?? new BackboneStore());
        try
        {
            // What is missing is told of once, not for each picture.
            if (encoder.Provider != ExecutionProvider.Cpu) _ = backbone.OpenEncoder();
            return Create(read, backbone, ownsBackbone: true, source);
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    /// <summary>Opens the backbone that a detector needs, or both.</summary>
    private static Backbone Open(Detector detector, EncoderOptions encoder, BackboneStore store)
    {
        EncoderReference needed = detector.Encoder;
        Backbone backbone = store.OpenMatching(needed.Id, needed.Hash, encoder);
        if (detector.Metadata.MemoryBackbone is not { } second) return backbone;
        try
        {
            return backbone.WithMemoryOf(store.OpenMatching(second.Id, second.Hash, encoder, "takes its memory from"), owns: true);
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    private static AnomalyDetector Open((Detector Detector, KnownFiles Known) read, Backbone backbone, DetectorSource source) =>
        Create(read, backbone, ownsBackbone: false, source);

    private static AnomalyDetector Create(
        (Detector Detector, KnownFiles Known) read, Backbone backbone, bool ownsBackbone, DetectorSource source)
    {
        CheckFit(read.Detector, backbone, source);
        return new AnomalyDetector(read.Detector, backbone, ownsBackbone) { known = read.Known };
    }

    /// <exception cref="PromptADException">The detector was made with another encoder, or its sizes do not fit it.</exception>
    private static void CheckFit(Detector detector, Backbone backbone, DetectorSource source)
    {
        EncoderReference needed = detector.Encoder;
        CheckMemory(detector.Metadata.MemoryBackbone, needed, backbone, source);
        if (needed.Hash != backbone.WordBackbone.Hash)
        {
            throw new PromptADException(
                Problem.Mismatch, $"{source.Detector} was made with backbone '{needed.Id}', hash {needed.Hash}, "
                + $"not with '{backbone.WordBackbone.Id}', hash {backbone.WordBackbone.Hash}. Open the backbone it was made with, or "
                + "train it again.");
        }
        EncoderInfo encoder = backbone.Encoder;
        bool fits = (detector.Words is null || detector.Words.Image.Normal.Length == encoder.EmbeddingSize)
            && (detector.Memory is null || detector.Memory.Widths.SequenceEqual(encoder.Widths))
            && detector.References.All(one => one.Pixels.Length == encoder.InputLength);
        if (fits) return;
        throw new PromptADException(
            Problem.Damaged,
            $"{source.Detector} is damaged: its sizes do not fit backbone '{backbone.Id}'. Copy it again or train it again.");
    }

    /// <summary>Compares where the memory comes from, if not from the backbone of the words.</summary>
    private static void CheckMemory(EncoderReference? memory, EncoderReference words, Backbone backbone, DetectorSource source)
    {
        if (memory?.Hash == backbone.MemoryBackbone?.Hash) return;
        string made = memory is null
            ? $"{source.Detector} was made with backbone '{words.Id}' alone"
            : $"{source.Detector} has the words of backbone '{words.Id}' and the memory of '{memory.Id}', hash {memory.Hash}";
        string given = backbone.MemoryBackbone is { } other
            ? $"not with the memory of '{other.Id}', hash {other.Hash}"
            : "which is missing";
        throw new PromptADException(new Diagnostic(Problem.Mismatch, $"{made}, {given}.")
        {
            Remedy = memory is null ? "Open that one alone." : "Open both, and put them together with {0}.",
            Option = memory is null ? null : $"{nameof(Backbone)}.{nameof(Backbone.WithMemoryOf)}",
        });
    }
}
