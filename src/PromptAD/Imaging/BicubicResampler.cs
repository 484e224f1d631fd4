using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PromptAD.Imaging;

/// <summary>
/// Resizes frames to one size: bicubic with anti-aliasing, equal to Pillow bit for bit, which means rows first, rounded to 8 bits, then
/// columns. The weights of the last frame's size are kept, because a camera delivers one size. Safe for concurrent use.
/// </summary>
internal sealed class BicubicResampler(int width, int height)
{
    private const int Half = 1 << (ResampleWeights.Precision - 1);
    private const int Block = 16;
    private const long WorthThreads = 1 << 19; // pixels below which a second thread costs more than it saves

    private ResampleWeights? acrossWeights;
    private ResampleWeights? downWeights;

    public Picture Resize(in CameraFrame frame)
    {
        ResampleWeights across = For(ref acrossWeights, frame.Width, width);
        ResampleWeights down = For(ref downWeights, frame.Height, height);
        var resized = new Picture(width, height, FrameRows.IsGray(frame.Format));

        // Rows padded to whole blocks, so that the second pass has no remainder.
        int stride = ((width * resized.Channels) + Block - 1) / Block * Block;
        byte[] narrowed = ArrayPool<byte>.Shared.Rent(stride * frame.Height);
        try
        {
            ResizeRows(frame, across, resized.Channels, narrowed, stride);
            ResizeColumns(narrowed, stride, down, resized);
            return resized;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(narrowed);
        }
    }

    private static ResampleWeights For(ref ResampleWeights? kept, int sourceLength, int targetLength)
    {
        ResampleWeights? weights = Volatile.Read(ref kept);
        if (weights is null || weights.SourceLength != sourceLength)
        {
            weights = new ResampleWeights(sourceLength, targetLength);
            Volatile.Write(ref kept, weights);
        }
        return weights;
    }

    /// <summary>
    /// Large pictures in one part for each core. A frame cannot be handed to other threads, but its address can while it is pinned.
    /// </summary>
    private unsafe void ResizeRows(in CameraFrame frame, ResampleWeights across, int channels, byte[] narrowed, int stride)
    {
        int parts = (long)frame.Width * frame.Height < WorthThreads ? 1 : Environment.ProcessorCount;
        if (parts == 1)
        {
            ResizeRows(frame, 0, frame.Height, across, channels, narrowed, stride);
            return;
        }
        (int columns, int rows, PixelFormat format, int step, int bits, int length) =
            (frame.Width, frame.Height, frame.Format, frame.Stride, frame.SignificantBits, frame.Pixels.Length);
        fixed (byte* pixels = frame.Pixels)
        {
            nint start = (nint)pixels;
            Parallel.For(0, parts, part =>
            {
                var same = new CameraFrame(new ReadOnlySpan<byte>((byte*)start, length), columns, rows, format, step, bits);
                ResizeRows(same, rows * part / parts, rows * (part + 1) / parts, across, channels, narrowed, stride);
            });
        }
    }

    private void ResizeRows(in CameraFrame frame, int from, int to, ResampleWeights across, int channels, Span<byte> narrowed, int stride)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(frame.Width * channels);
        for (int y = from; y < to; y++)
        {
            ReadOnlySpan<byte> row = FrameRows.Read(frame, y, scratch);
            Span<byte> target = narrowed.Slice(y * stride, width * channels);
            if (channels == 1)
                ResizeGrayRow(row, across, target);
            else
                ResizeColorRow(MemoryMarshal.Cast<byte, uint>(row), across, MemoryMarshal.Cast<byte, uint>(target));
        }
        ArrayPool<byte>.Shared.Return(scratch);
    }

    private static void ResizeGrayRow(ReadOnlySpan<byte> row, ResampleWeights across, Span<byte> target)
    {
        for (int x = 0; x < target.Length; x++)
        {
            ReadOnlySpan<int> weights = across.Window(x, out int first);
            ReadOnlySpan<byte> window = row.Slice(first, weights.Length);
            int sum = Half;
            for (int i = 0; i < window.Length; i++) sum += window[i] * weights[i];
            target[x] = (byte)Math.Clamp(sum >> ResampleWeights.Precision, byte.MinValue, byte.MaxValue);
        }
    }

    private static void ResizeColorRow(ReadOnlySpan<uint> row, ResampleWeights across, Span<uint> target)
    {
        for (int x = 0; x < target.Length; x++)
        {
            ReadOnlySpan<int> weights = across.Window(x, out int first);
            ReadOnlySpan<uint> window = row.Slice(first, weights.Length);
            Vector128<int> sum = Vector128.Create(Half);
            int i = 0;
            if (Avx2.IsSupported && window.Length >= 4) (sum, i) = SumPairs(window, weights);
            for (; i < window.Length; i++)
            {
                Vector128<byte> pixel = Vector128.CreateScalarUnsafe(window[i]).AsByte();
                sum += Vector128.WidenLower(Vector128.WidenLower(pixel)).AsInt32() * weights[i];
            }
            Vector128<short> rounded = Vector128.Narrow(ToByteRange(sum), Vector128<int>.Zero);
            target[x] = Vector128.Narrow(rounded.AsUInt16(), Vector128<ushort>.Zero).AsUInt32().ToScalar();
        }
    }

    /// <summary>The rounded sum so far and how many pixels are in it, two of them at a time; the same integers in another order.</summary>
    private static (Vector128<int> Sum, int Count) SumPairs(ReadOnlySpan<uint> window, ReadOnlySpan<int> weights)
    {
        ref uint pixels = ref MemoryMarshal.GetReference(window);
        ref int factors = ref MemoryMarshal.GetReference(weights[..window.Length]); // the only check of bounds
        Vector256<int> even = Vector256<int>.Zero, odd = even;
        int i = 0;
        for (; i <= window.Length - 4; i += 4)
        {
            Vector128<byte> four = Vector128.LoadUnsafe(ref pixels, (nuint)i).AsByte();
            even += Avx2.ConvertToVector256Int32(four) * Pair(ref factors, i);
            odd += Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(four, 8)) * Pair(ref factors, i + 2);
        }
        Vector256<int> both = even + odd;
        return (Vector128.Create(Half) + both.GetLower() + both.GetUpper(), i);
    }

    /// <summary>Two weights, each for the four channels of a pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Pair(ref int weights, int at) =>
        Vector256.Create(Vector128.Create(Unsafe.Add(ref weights, at)), Vector128.Create(Unsafe.Add(ref weights, at + 1)));

    private static void ResizeColumns(ReadOnlySpan<byte> narrowed, int stride, ResampleWeights down, Picture resized)
    {
        byte[] row = ArrayPool<byte>.Shared.Rent(stride);
        for (int y = 0; y < resized.Height; y++)
        {
            ReadOnlySpan<int> weights = down.Window(y, out int first);
            for (int x = 0; x < stride; x += Block) MixBlock(narrowed[((first * stride) + x)..], stride, weights).CopyTo(row, x);
            row.AsSpan(0, resized.Width * resized.Channels).CopyTo(resized.Row(y));
        }
        ArrayPool<byte>.Shared.Return(row);
    }

    /// <summary>The weighted sum of 16 neighbouring bytes and those in the rows below them.</summary>
    private static Vector128<byte> MixBlock(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights)
    {
        if (Avx2.IsSupported) return MixBlockByEights(rows, stride, weights);
        Vector128<int> sum0 = Vector128.Create(Half), sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (int i = 0; i < weights.Length; i++)
        {
            int weight = weights[i];
            var bytes = Vector128.Create(rows.Slice(i * stride, Block));
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
            sum0 += Vector128.WidenLower(low).AsInt32() * weight;
            sum1 += Vector128.WidenUpper(low).AsInt32() * weight;
            sum2 += Vector128.WidenLower(high).AsInt32() * weight;
            sum3 += Vector128.WidenUpper(high).AsInt32() * weight;
        }
        Vector128<short> first = Vector128.Narrow(ToByteRange(sum0), ToByteRange(sum1));
        Vector128<short> second = Vector128.Narrow(ToByteRange(sum2), ToByteRange(sum3));
        return Vector128.Narrow(first.AsUInt16(), second.AsUInt16());
    }

    private static Vector128<byte> MixBlockByEights(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights)
    {
        Vector256<int> low = Vector256.Create(Half), high = low;
        for (int i = 0; i < weights.Length; i++)
        {
            var weight = Vector256.Create(weights[i]);
            var bytes = Vector128.Create(rows.Slice(i * stride, Block));
            low += Avx2.ConvertToVector256Int32(bytes) * weight;
            high += Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(bytes, Block / 2)) * weight;
        }
        Vector128<short> first = Vector128.Narrow(ToByteRange(low.GetLower()), ToByteRange(low.GetUpper()));
        Vector128<short> second = Vector128.Narrow(ToByteRange(high.GetLower()), ToByteRange(high.GetUpper()));
        return Vector128.Narrow(first.AsUInt16(), second.AsUInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> ToByteRange(Vector128<int> sum) =>
        Vector128.Min(Vector128.Max(sum >> ResampleWeights.Precision, Vector128<int>.Zero), Vector128.Create((int)byte.MaxValue));
}
