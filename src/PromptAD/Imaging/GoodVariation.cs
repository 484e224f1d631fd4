namespace PromptAD.Imaging;

/// <summary>
/// The same good part in another place or light, as encoder input: what a camera may see of a good part without anything being wrong.
/// </summary>
internal static class GoodVariation
{
    private static readonly Action<ReadOnlyMemory<float>, int, Memory<float>>[] Changes =
    [
        (input, size, output) => Move(input.Span, size, (y, x) => (y, size - 1 - x), output.Span),
        (input, size, output) => Move(input.Span, size, (y, x) => (size - 1 - y, x), output.Span),
        (input, size, output) => Move(input.Span, size, (y, x) => (x, y), output.Span),
        (input, _, output) => Light(input.Span, 0.85f, 0, output.Span),
        (input, _, output) => Light(input.Span, 1.1f, 0.05f, output.Span),
    ];

    /// <summary>The number of variations.</summary>
    public static int Count => Changes.Length;

    /// <summary>Makes one.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="input">The encoder's input, (3, size, size).</param>
    /// <param name="size">Its side in pixels.</param>
    /// <param name="output">Receives the variation, (3, size, size); not the same memory.</param>
    public static void Make(int index, ReadOnlyMemory<float> input, int size, Memory<float> output) => Changes[index](input, size, output);

    private static void Move(ReadOnlySpan<float> input, int size, Func<int, int, (int Y, int X)> from, Span<float> output)
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

    private static void Light(ReadOnlySpan<float> input, float contrast, float brightness, Span<float> output)
    {
        for (int i = 0; i < input.Length; i++) output[i] = (input[i] * contrast) + brightness;
    }
}
