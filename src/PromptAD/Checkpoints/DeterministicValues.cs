using System.Text;

namespace PromptAD.Checkpoints;

/// <summary>Values that follow from a name alone, the same on every machine and in other programs.</summary>
public static class DeterministicValues
{
    /// <summary>value_i = u_i · scale + shift, with u_i in [-1, 1) from SplitMix64 seeded by the FNV-1a hash of the name.</summary>
    /// <param name="name">What the values are of.</param>
    /// <param name="destination">Receives the values.</param>
    /// <param name="scale">The largest distance from <paramref name="shift"/>.</param>
    /// <param name="shift">The middle of the values.</param>
    public static void Fill(string name, Span<float> destination, float scale, float shift)
    {
        ulong seed = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) seed = (seed ^ b) * 0x100000001B3;
        for (int i = 0; i < destination.Length; i++)
        {
            ulong x = seed + (((ulong)i + 1) * 0x9E3779B97F4A7C15);
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            x ^= x >> 31;
            float u = ((x >> 40) * (1f / (1 << 23))) - 1;
            float product = u * scale; // rounded before the sum: the rule has no fused multiply-add
            destination[i] = product + shift;
        }
    }
}
