using System.Runtime.InteropServices;

namespace PromptAD.Evaluation.Metrics;

/// <summary>A growing multiset of (score key, region) pairs in eight bytes each, sorted when it is read.</summary>
internal sealed class RegionPixels
{
    // Key in the upper half, region in the lower, so that one sort of plain numbers orders them by score.
    private readonly List<ulong> _pixels = [];
    private bool _sorted = true;

    public int Count => _pixels.Count;

    public void Add(uint key, int region)
    {
        _pixels.Add(((ulong)key << 32) | (uint)region);
        _sorted = false;
    }

    /// <summary>The distinct keys from the highest down, with their pixels and the sum of what those are of their regions.</summary>
    /// <param name="shares">1 / pixels of each region.</param>
    public IEnumerable<(uint Key, int Count, double Overlap)> FromHighest(IReadOnlyList<double> shares)
    {
        if (!_sorted) CollectionsMarshal.AsSpan(_pixels).Sort();
        _sorted = true;
        for (int i = _pixels.Count - 1; i >= 0;)
        {
            uint key = (uint)(_pixels[i] >> 32);
            int first = i;
            double overlap = 0;
            for (; i >= 0 && (uint)(_pixels[i] >> 32) == key; i--) overlap += shares[(int)(uint)_pixels[i]];
            yield return (key, first - i, overlap);
        }
    }
}
