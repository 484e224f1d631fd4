using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PromptAD.Backbones;

/// <summary>
/// Gives the features of an input that was encoded before without encoding it again. What does not fit into the budget is encoded each
/// time.
/// </summary>
/// <param name="inner">What encodes; stays with the caller.</param>
/// <param name="layers">How many memory layers it has.</param>
/// <param name="budget">The most bytes that are kept.</param>
internal sealed class CachingEncoder(IVisionEncoder inner, int layers, long budget) : IVisionEncoder
{
    private readonly ConcurrentDictionary<string, float[][]> kept = [];
    private long bytes, encoded, found, processorTicks;

    /// <summary>How many inputs were encoded.</summary>
    public long Encoded => Volatile.Read(ref encoded);

    /// <summary>How many inputs were answered from what is kept.</summary>
    public long Found => Volatile.Read(ref found);

    /// <summary>The processor time of one encoding, all cores added up; zero before the first.</summary>
    public TimeSpan Cost => Encoded is > 0 and long count ? new TimeSpan(Volatile.Read(ref processorTicks) / count) : TimeSpan.Zero;

    /// <inheritdoc/>
    public VisionFeatures Encode(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellation = default) =>
        Find(pixels) ?? Keep(pixels, pixels, input => inner.Encode(input, count, cancellation));

    /// <inheritdoc/>
    public VisionFeatures Encode(ReadOnlySpan<float> normalised, int count, CancellationToken cancellation = default)
    {
        ReadOnlySpan<byte> key = MemoryMarshal.AsBytes(normalised);
        return Find(key) ?? Keep(key, normalised, input => inner.Encode(input, count, cancellation));
    }

    /// <inheritdoc/>
    public void Dispose() => kept.Clear();

    private static string KeyOf(ReadOnlySpan<byte> input) => $"{input.Length} {Convert.ToHexString(SHA256.HashData(input))}";

    private VisionFeatures? Find(ReadOnlySpan<byte> input)
    {
        if (!kept.TryGetValue(KeyOf(input), out float[][]? features)) return null;
        Interlocked.Increment(ref found);
        return new VisionFeatures(features);
    }

    private VisionFeatures Keep<T>(ReadOnlySpan<byte> key, ReadOnlySpan<T> input, Func<ReadOnlySpan<T>, VisionFeatures> encode)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        VisionFeatures features = encode(input);
        Interlocked.Add(ref processorTicks, (Environment.CpuUsage.TotalTime - before).Ticks);
        Interlocked.Increment(ref encoded);
        float[][] copy =
        [
            features.Cls.ToArray(), features.Tokens.ToArray(),
            .. Enumerable.Range(0, layers).Select(layer => features.Memory(layer).ToArray()),
        ];
        long size = copy.Sum(values => (long)sizeof(float) * values.Length);
        if (Interlocked.Add(ref bytes, size) > budget || !kept.TryAdd(KeyOf(key), copy)) Interlocked.Add(ref bytes, -size);
        return features;
    }
}
