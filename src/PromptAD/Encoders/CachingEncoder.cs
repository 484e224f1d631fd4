using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PromptAD.Encoders;

/// <summary>
/// Gives the features of a picture that was encoded before without encoding it again. What does not fit into the budget is encoded each
/// time.
/// </summary>
/// <param name="inner">What encodes; stays with the caller.</param>
/// <param name="budget">The most bytes that are kept.</param>
public sealed class CachingEncoder(IPatchEncoder inner, long budget) : IPatchEncoder
{
    private readonly ConcurrentDictionary<string, PictureFeatures> kept = [];
    private long bytes, encoded, found, processorTicks;

    /// <summary>How many pictures were encoded.</summary>
    public long Encoded => Volatile.Read(ref encoded);

    /// <summary>How many pictures were answered from what is kept.</summary>
    public long Found => Volatile.Read(ref found);

    /// <summary>The processor time of one encoding, all cores added up; zero before the first.</summary>
    public TimeSpan Cost => Encoded is > 0 and long count ? new TimeSpan(Volatile.Read(ref processorTicks) / count) : TimeSpan.Zero;

    /// <inheritdoc/>
    public EncoderInfo Info => inner.Info;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        string key = Convert.ToHexString(SHA256.HashData(picture));
        if (kept.TryGetValue(key, out PictureFeatures? known))
        {
            Interlocked.Increment(ref found);
            features.Fill(known);
            return;
        }
        TimeSpan before = Environment.CpuUsage.TotalTime;
        inner.Encode(picture, features, cancellation);
        Interlocked.Add(ref processorTicks, (Environment.CpuUsage.TotalTime - before).Ticks);
        Interlocked.Increment(ref encoded);
        if (Interlocked.Add(ref bytes, features.Bytes) <= budget)
        {
            PictureFeatures copy = PictureFeatures.Room(Info);
            copy.Fill(features);
            if (kept.TryAdd(key, copy)) return;
        }
        Interlocked.Add(ref bytes, -features.Bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => kept.Clear();
}
