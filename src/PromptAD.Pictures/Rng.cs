using System.Numerics;

namespace PromptAD.Pictures;

/// <summary>SplitMix64: small, fast and the same on every runtime, so that a seed names the same pictures for good.</summary>
internal sealed class Rng(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>A seed for an independent stream: the same parent and number always give the same one.</summary>
    public static ulong Derive(ulong seed, ulong stream) => Mix(Mix(seed + Step) ^ Mix(stream * Step + 1));

    public ulong Next() => Mix(_state += Step);

    /// <summary>Uniform in [0, 1).</summary>
    public float Unit() => (Next() >> 40) * (1f / (1 << 24));

    public float Range(float low, float high) => low + (high - low) * Unit();

    /// <summary>Log-uniform, for sizes and frequencies.</summary>
    public float LogRange(float low, float high) => low * MathF.Pow(high / low, Unit());

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>], both included.</summary>
    public int Int(int low, int high) => low + (int)(Next() % (ulong)(high - low + 1));

    public bool Chance(float probability) => Unit() < probability;

    public float Sign() => Chance(0.5f) ? 1 : -1;

    public float Angle() => Range(0, MathF.Tau);

    public T Pick<T>(ReadOnlySpan<T> items) => items[Int(0, items.Length - 1)];

    /// <summary>Roughly standard normal (sum of four uniforms), within ±3.5.</summary>
    public float Normal() => (Unit() + Unit() + Unit() + Unit() - 2) * 1.7320508f;

    public Vector2 Direction()
    {
        (float sin, float cos) = MathF.SinCos(Angle());
        return new Vector2(cos, sin);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
