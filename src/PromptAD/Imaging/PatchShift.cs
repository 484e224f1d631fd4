namespace PromptAD.Imaging;

/// <summary>
/// A picture moved by parts of a patch, as encoders read it. An edge that lies elsewhere between the patches' borders gives other features;
/// with these in the memory, a good part may lie anywhere.
/// </summary>
public static class PatchShift
{
    /// <summary>The number of moved pictures beside the picture itself, for so many steps along a side of a patch.</summary>
    public static int Count(int steps) => (steps * steps) - 1;

    /// <summary>Makes one; the border is repeated.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="steps">Steps along a side of a patch.</param>
    /// <param name="patch">A patch's side in pixels.</param>
    /// <param name="input">Planes, (3, size, size).</param>
    /// <param name="size">Its side in pixels.</param>
    /// <param name="output">Receives the moved picture, (3, size, size); not the same memory.</param>
    internal static void Make(int index, int steps, int patch, ReadOnlySpan<byte> input, int size, Span<byte> output)
    {
        int unmoved = (steps / 2 * steps) + (steps / 2), place = index < unmoved ? index : index + 1;
        int down = Pixels(place / steps), right = Pixels(place % steps), plane = size * size;
        for (int row = 0; row < 3 * size; row++)
        {
            int fromRow = Math.Clamp((row % size) - down, 0, size - 1);
            ReadOnlySpan<byte> from = input.Slice((row / size * plane) + (fromRow * size), size);
            Span<byte> to = output.Slice(row * size, size);
            for (int x = 0; x < size; x++) to[x] = from[Math.Clamp(x - right, 0, size - 1)];
        }

        int Pixels(int step) => (step - (steps / 2)) * patch / steps;
    }
}
