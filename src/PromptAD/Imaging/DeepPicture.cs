using System.Buffers;
using System.Numerics.Tensors;

namespace PromptAD.Imaging;

/// <summary>A picture of 16-bit samples in borrowed memory, grey or red-green-blue, on its way to 8 bits.</summary>
internal sealed class DeepPicture : IDisposable
{
    private readonly int width, height, channels;
    private readonly ushort[] samples;

    /// <summary>Borrows memory; its content is undefined until it is written.</summary>
    public DeepPicture(int width, int height, bool gray)
    {
        (this.width, this.height, channels) = (width, height, gray ? 1 : 3);
        samples = ArrayPool<ushort>.Shared.Rent(checked(width * height * channels));
    }

    /// <summary>How many bits the file says are significant; null for nothing.</summary>
    public int? ClaimedBits { get; init; }

    /// <summary>Whether 0 is white.</summary>
    public bool IsInverted { get; init; }

    private Span<ushort> Samples => samples.AsSpan(0, width * height * channels);

    public Span<ushort> Row(int y) => Samples.Slice(y * width * channels, width * channels);

    /// <summary>The upper 8 of the significant bits.</summary>
    /// <exception cref="PromptADException">The picture does not fit what is known of others.</exception>
    public Picture Narrow(PictureSource source)
    {
        ReadOnlySpan<ushort> all = Samples;
        var found = SampleDepth.Of(TensorPrimitives.Max(all), AllBits(all), ClaimedBits);
        BitDepth depth = source.Depth.With(found, source.Name);
        var picture = new Picture(width, height, channels == 1) { Depth = depth, Warning = source.Depth.Doubt(found, source.Name) };
        Narrow(all, depth.Bits!.Value - 8, IsInverted ? byte.MaxValue : byte.MinValue, picture.Pixels);
        return picture;
    }

    public void Dispose() => ArrayPool<ushort>.Shared.Return(samples);

    private void Narrow(ReadOnlySpan<ushort> from, int shift, byte invert, Span<byte> to)
    {
        if (channels == 1)
        {
            for (int i = 0; i < from.Length; i++) to[i] = (byte)(Level(from[i], shift) ^ invert);
            return;
        }
        for (int i = 0, x = 0; i < from.Length; i += 3, x += 4)
        {
            to[x] = Level(from[i + 2], shift);
            to[x + 1] = Level(from[i + 1], shift);
            to[x + 2] = Level(from[i], shift);
            to[x + 3] = byte.MaxValue;
        }
    }

    private static int AllBits(ReadOnlySpan<ushort> from)
    {
        int all = 0;
        foreach (ushort sample in from) all |= sample;
        return all;
    }

    private static byte Level(ushort sample, int shift) => (byte)Math.Min(sample >> shift, byte.MaxValue);
}
