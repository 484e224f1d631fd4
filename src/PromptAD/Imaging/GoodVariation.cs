namespace PromptAD.Imaging;

/// <summary>
/// The same good part in another place or light: what a camera may see of a good part without anything being wrong.
/// </summary>
public static class GoodVariation
{
    private const float Dimmer = 0.85f, Stronger = 1.1f; // contrast
    private const float Brighter = 3.4f; // levels

    /// <summary>The number of variations.</summary>
    public static int Count => 5;

    /// <summary>Makes one.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="input">Planes, (3, size, size).</param>
    /// <param name="size">Their side in pixels.</param>
    /// <param name="middle">The level of each channel that a change of contrast leaves as it is, (3).</param>
    /// <param name="output">Receives the variation, (3, size, size); not the same memory.</param>
    internal static void Make(int index, ReadOnlySpan<byte> input, int size, IReadOnlyList<byte> middle, Span<byte> output)
    {
        switch (index)
        {
            case 0: Move(input, size, (y, x) => (y, size - 1 - x), output); break;
            case 1: Move(input, size, (y, x) => (size - 1 - y, x), output); break;
            case 2: Move(input, size, (y, x) => (x, y), output); break;
            case 3: Light(input, middle, Dimmer, 0, output); break;
            case 4: Light(input, middle, Stronger, Brighter, output); break;
            default: throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    private static void Move(ReadOnlySpan<byte> input, int size, Func<int, int, (int Y, int X)> from, Span<byte> output)
    {
        int plane = size * size;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                (int fromY, int fromX) = from(y, x);
                for (int channel = 0; channel < 3; channel++)
                    output[(channel * plane) + (y * size) + x] = input[(channel * plane) + (fromY * size) + fromX];
            }
        }
    }

    private static void Light(ReadOnlySpan<byte> input, IReadOnlyList<byte> middle, float contrast, float brightness, Span<byte> output)
    {
        Span<byte> levels = stackalloc byte[byte.MaxValue + 1];
        int plane = input.Length / 3;
        for (int channel = 0; channel < 3; channel++)
        {
            for (int level = 0; level < levels.Length; level++)
            {
                float changed = middle[channel] + ((level - middle[channel]) * contrast) + brightness;
                levels[level] = (byte)Math.Clamp(MathF.Round(changed), 0, byte.MaxValue);
            }
            for (int i = channel * plane; i < (channel + 1) * plane; i++) output[i] = levels[input[i]];
        }
    }
}
