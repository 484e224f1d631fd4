using System.Diagnostics;
using PromptAD.Server.Operations;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Judging;

/// <summary>
/// Detectors in memory, by the hash of their files. They are loaded when they are asked for, share encoders, and leave memory by least use
/// beyond a bound; one that is in use is disposed only when it is given back.
/// </summary>
internal sealed class DetectorCache : IDisposable
{
    private const int MostAtOnce = 64; // pictures that an encoder is made ready for

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = [];
    private readonly Dictionary<string, SharedEncoder> encoders = []; // by the backbone's hash
    private readonly FileStore files;
    private readonly BackboneStore backbones;
    private readonly ServiceOptions options;
    private long uses;

    public DetectorCache(FileStore files, ServiceOptions options)
    {
        (this.files, this.options) = (files, options);
        backbones = new BackboneStore(options.BackboneStore);
    }

    /// <summary>How many detectors are in memory.</summary>
    public int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }

    /// <summary>How many encoders are open.</summary>
    public int Encoders
    {
        get
        {
            lock (gate) return encoders.Count;
        }
    }

    /// <summary>Lends a detector; it is to be given back by disposing the loan.</summary>
    /// <param name="hash">Its file in the store.</param>
    /// <exception cref="PromptADException">The file is no detector, or its backbone is not in the backbone store.</exception>
    /// <exception cref="LostFileException">The file is missing or has changed.</exception>
    public Loan Lend(string hash)
    {
        Entry entry;
        List<Entry> dropped = [];
        lock (gate)
        {
            if (!entries.TryGetValue(hash, out entry!))
            {
                entry = new Entry(hash, new Lazy<Loaded>(() => Load(hash)));
                entries.Add(hash, entry);
                DropLeastUsed(entry, dropped);
            }
            entry.LastUse = ++uses;
            entry.Loans++;
        }
        foreach (Entry one in dropped) Dispose(one);
        try
        {
            return new Loan(this, entry, entry.Loaded.Value.Detector); // loaded by one thread; others wait for it
        }
        catch
        {
            // An error is not remembered: the file may be brought back, or the backbone imported.
            lock (gate)
            {
                if (entries.TryGetValue(hash, out Entry? current) && current == entry) entries.Remove(hash);
            }
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        List<Entry> all;
        lock (gate)
        {
            all = [.. entries.Values.Where(entry => entry.Loans == 0)];
            entries.Clear();
        }
        foreach (Entry entry in all) Dispose(entry);
    }

    private void DropLeastUsed(Entry except, List<Entry> dropped)
    {
        while (entries.Count > Math.Max(1, options.CachedDetectors))
        {
            Entry? least = entries.Values.Where(entry => entry != except).MinBy(entry => entry.LastUse);
            if (least is null) return;
            entries.Remove(least.Hash);
            least.IsDropped = true;
            if (least.Loans == 0) dropped.Add(least);
        }
    }

    private void Return(Entry entry)
    {
        lock (gate)
        {
            entry.Loans--;
            if (entry.Loans > 0 || (!entry.IsDropped && entries.ContainsKey(entry.Hash))) return;
        }
        Dispose(entry);
    }

    private void Dispose(Entry entry)
    {
        if (!entry.Loaded.IsValueCreated) return;
        Loaded loaded = entry.Loaded.Value;
        loaded.Detector.Dispose();
        loaded.Pair?.Dispose();
        foreach (SharedEncoder encoder in loaded.Encoders) GiveBack(encoder);
    }

    private Loaded Load(string hash)
    {
        using var stream = new MemoryStream(files.Read(hash), writable: false);
        Detector detector = Detector.Load(stream);
        DetectorInfo info = detector.Info;
        List<SharedEncoder> taken = [Take(info.BackboneId, info.BackboneHash)];
        Backbone? pair = null;
        try
        {
            Backbone backbone = taken[0].Backbone.Value;
            if (info.MemoryBackbone is { } second)
            {
                taken.Add(Take(second.Id, second.Hash));
                backbone = pair = backbone.WithMemoryOf(taken[1].Backbone.Value);
            }
            var judging = new AnomalyDetector(detector, backbone);
            judging.MaxPicturePixels = Math.Min(judging.MaxPicturePixels, options.MaxPictureMegapixels * 1_000_000L);
            return new Loaded(judging, pair, taken);
        }
        catch
        {
            pair?.Dispose();
            foreach (SharedEncoder encoder in taken) GiveBack(encoder);
            throw;
        }
    }

    /// <summary>An encoder, which is opened when it is used first; to be given back.</summary>
    private SharedEncoder Take(string id, string hash)
    {
        lock (gate)
        {
            if (!encoders.TryGetValue(hash, out SharedEncoder? encoder))
            {
                encoder = new SharedEncoder(hash, new Lazy<Backbone>(() => Open(id, hash)));
                encoders.Add(hash, encoder);
            }
            encoder.Users++;
            return encoder;
        }
    }

    private void GiveBack(SharedEncoder encoder)
    {
        lock (gate)
        {
            bool isLast = --encoder.Users == 0;
            // One that could not be opened is not kept: the backbone may be imported meanwhile.
            if ((isLast || !encoder.Backbone.IsValueCreated)
                && encoders.TryGetValue(encoder.Hash, out SharedEncoder? current) && current == encoder)
                encoders.Remove(encoder.Hash);
            if (!isLast) return;
        }
        if (encoder.Backbone.IsValueCreated) encoder.Backbone.Value.Dispose();
    }

    private Backbone Open(string id, string hash)
    {
        var settings = new EncoderOptions { Threads = options.Threads, SimultaneousPictures = Math.Clamp(options.Judges, 1, MostAtOnce) };
        if (id == BackboneStore.EmbeddedId)
        {
            Backbone embedded = backbones.Open(BackboneStore.EmbeddedId, settings);
            if (embedded.Hash == hash) return embedded;
            embedded.Dispose();
        }
        BackboneInfo match = backbones.List().FirstOrDefault(one => one.Hash == hash) ?? throw new PromptADException(
            Problem.Environment,
            $"The detector needs backbone '{id}' with hash {hash[..12]}, which is not in '{backbones.Folder}'; bring it there with "
            + "'promptad backbone'.");
        return backbones.Open(match.Id, settings);
    }

    /// <summary>A detector that is lent.</summary>
    internal sealed class Loan : IDisposable
    {
        private readonly DetectorCache cache;
        private Entry? entry;

        internal Loan(DetectorCache cache, Entry entry, AnomalyDetector detector) =>
            (this.cache, this.entry, Detector) = (cache, entry, detector);

        public AnomalyDetector Detector { get; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref entry, null) is { } lent) cache.Return(lent);
        }
    }

    [DebuggerDisplay("{Hash} {Loans}")]
    internal sealed class Entry(string hash, Lazy<Loaded> loaded)
    {
        public string Hash { get; } = hash;

        public Lazy<Loaded> Loaded { get; } = loaded;

        public long LastUse { get; set; }

        public int Loans { get; set; }

        public bool IsDropped { get; set; }
    }

    /// <param name="Detector">The detector.</param>
    /// <param name="Pair">Its two backbones as one; null where it has one.</param>
    /// <param name="Encoders">What it shares.</param>
    internal sealed record Loaded(AnomalyDetector Detector, Backbone? Pair, IReadOnlyList<SharedEncoder> Encoders);

    internal sealed class SharedEncoder(string hash, Lazy<Backbone> backbone)
    {
        public string Hash { get; } = hash;

        public Lazy<Backbone> Backbone { get; } = backbone;

        public int Users { get; set; }
    }
}
