namespace PromptAD.Evaluation.Metrics;

/// <summary>A small random generator whose draws are fixed by (seed, stream): <see cref="Random"/> promises no sequence across versions.</summary>
internal struct SplitMix64
{
    private ulong _state;

    public SplitMix64(int seed, int stream)
    {
        _state = ((ulong)(uint)seed << 32) | (uint)stream;
        // Neighbouring seeds differ in few bits; one mixed draw as the new state sets their sequences apart.
        _state = NextUInt64();
    }

    /// <summary>A number in [0, <paramref name="limit"/>).</summary>
    public int Next(int limit) => (int)Math.BigMul(NextUInt64(), (ulong)limit, out _);

    private ulong NextUInt64()
    {
        ulong x = _state += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
