using System.Diagnostics.CodeAnalysis;

namespace PromptAD.Evaluation.Metrics;

/// <summary>
/// A growing multiset of score keys in two bytes each: the upper half of a key picks the bucket, which stores only the lower half.
/// Reading it in order sorts one bucket at a time, which is a radix sort that needs no second copy of the scores.
/// </summary>
/// <remarks>
/// A bucket grows by chunks that double from 16 to 32768 entries, so at most half of its space and 64 KB stand empty. Scores that
/// share a sign and a factor of two spread over 128 buckets.
/// </remarks>
internal sealed class ScoreBuckets
{
    private const int Buckets = 1 << 16;
    private const int FirstChunk = 16;
    private const int LastChunk = 1 << 15;

    // Below this many entries a comparison sort is cheaper than clearing and scanning 65536 counters.
    private const int SmallBucket = 4096;

    private readonly Bucket[] _buckets = new Bucket[Buckets];

    public long Count { get; private set; }

    public void Add(uint key)
    {
        ref Bucket bucket = ref _buckets[key >> 16];
        if (bucket.Chunk is null || bucket.Used == bucket.Chunk.Length) bucket.Grow();
        bucket.Chunk[bucket.Used++] = (ushort)key;
        Count++;
    }

    /// <summary>The distinct keys with their counts, from the highest down.</summary>
    public IEnumerable<(uint Key, int Count)> FromHighest()
    {
        var counters = new int[1 << 16];
        var small = new ushort[SmallBucket];
        for (int b = Buckets - 1; b >= 0; b--)
        {
            uint upper = (uint)b << 16;
            int size = _buckets[b].Count;
            if (size == 0) continue;
            if (size <= SmallBucket)
            {
                _buckets[b].CopyTo(small);
                Array.Sort(small, 0, size);
                for (int i = size - 1; i >= 0;)
                {
                    ushort lower = small[i];
                    int first = i;
                    while (i >= 0 && small[i] == lower) i--;
                    yield return (upper | lower, first - i);
                }
            }
            else
            {
                _buckets[b].CountInto(counters);
                for (int lower = counters.Length - 1; lower >= 0; lower--)
                {
                    if (counters[lower] == 0) continue;
                    yield return (upper | (uint)lower, counters[lower]);
                    counters[lower] = 0;
                }
            }
        }
    }

    private struct Bucket
    {
        public ushort[]? Chunk;
        public int Used;
        private List<ushort[]>? _full;
        private int _fullCount;

        public readonly int Count => _fullCount + Used;

        [MemberNotNull(nameof(Chunk))]
        public void Grow()
        {
            if (Chunk is not null)
            {
                (_full ??= []).Add(Chunk);
                _fullCount = checked(_fullCount + Chunk.Length);
            }
            Chunk = new ushort[Chunk is null ? FirstChunk : Math.Min(2 * Chunk.Length, LastChunk)];
            Used = 0;
        }

        public readonly void CopyTo(Span<ushort> target)
        {
            foreach (ushort[] chunk in _full ?? [])
            {
                chunk.CopyTo(target);
                target = target[chunk.Length..];
            }
            Chunk.AsSpan(0, Used).CopyTo(target);
        }

        public readonly void CountInto(int[] counters)
        {
            foreach (ushort[] chunk in _full ?? [])
                foreach (ushort lower in chunk) counters[lower]++;
            foreach (ushort lower in Chunk.AsSpan(0, Used)) counters[lower]++;
        }
    }
}
