using System.Buffers;

namespace PromptAD.Imaging;

/// <summary>
/// Resizes frames bilinearly without anti-aliasing, with half-pixel centres and the 11-bit fixed-point arithmetic of OpenCV's
/// <c>cv2.resize</c> with <c>INTER_LINEAR</c>. Only for repeating the paper's program (mark Q5).
/// </summary>
internal static class BilinearResampler
{
    private const int One = 1 << 11;

    public static Picture Resize(in CameraFrame frame, int width, int height)
    {
        var resized = new Picture(width, height, FrameRows.IsGray(frame.Format));
        int channels = resized.Channels;
        (int From, int Weight)[] columns = Positions(frame.Width, width);
        (int From, int Weight)[] lines = Positions(frame.Height, height);
        byte[] scratch = ArrayPool<byte>.Shared.Rent(frame.Width * channels);
        int[] upper = ArrayPool<int>.Shared.Rent(width * channels);
        int[] lower = ArrayPool<int>.Shared.Rent(width * channels);
        int upperLine = -1, lowerLine = -1;
        for (int y = 0; y < height; y++)
        {
            (int from, int weight) = lines[y];
            // Outside the picture the nearest row counts twice, with its weights as they are, because each product is rounded on its own.
            int above = Math.Max(from, 0), below = Math.Min(from + 1, frame.Height - 1);
            if (above == lowerLine)
            {
                (upper, lower) = (lower, upper);
                (upperLine, lowerLine) = (lowerLine, upperLine);
            }
            if (above != upperLine) MixAcross(FrameRows.Read(frame, upperLine = above, scratch), columns, channels, upper);
            if (below != lowerLine) MixAcross(FrameRows.Read(frame, lowerLine = below, scratch), columns, channels, lower);
            MixDown(upper, lower, weight, resized.Row(y));
        }
        ArrayPool<byte>.Shared.Return(scratch);
        ArrayPool<int>.Shared.Return(upper);
        ArrayPool<int>.Shared.Return(lower);
        return resized;
    }

    /// <summary>
    /// For each target position the source position before it, which may lie outside by one, and the weight of the one after, of
    /// <see cref="One"/>.
    /// </summary>
    private static (int From, int Weight)[] Positions(int sourceLength, int targetLength)
    {
        var positions = new (int, int)[targetLength];
        double scale = 1.0 / ((double)targetLength / sourceLength);
        for (int i = 0; i < targetLength; i++)
        {
            // Single precision from here, as there: the weights' last bit depends on it.
            float center = (float)(((i + 0.5) * scale) - 0.5);
            int from = (int)MathF.Floor(center);
            positions[i] = (from, (int)MathF.Round((center - from) * One));
        }
        return positions;
    }

    private static void MixAcross(ReadOnlySpan<byte> row, (int From, int Weight)[] columns, int channels, Span<int> mixed)
    {
        for (int x = 0; x < columns.Length; x++)
        {
            (int from, int weight) = columns[x];
            int left = Math.Max(from, 0) * channels, right = Math.Min((from + 1) * channels, row.Length - channels);
            for (int c = 0; c < channels; c++)
                mixed[(x * channels) + c] = (row[left + c] * (One - weight)) + (row[right + c] * weight);
        }
    }

    private static void MixDown(ReadOnlySpan<int> upper, ReadOnlySpan<int> lower, int weight, Span<byte> mixed)
    {
        // The shifts, 4 + 16 + 2, undo the two factors of 2^11 with OpenCV's order of rounding.
        for (int i = 0; i < mixed.Length; i++)
            mixed[i] = (byte)(((((One - weight) * (upper[i] >> 4)) >> 16) + ((weight * (lower[i] >> 4)) >> 16) + 2) >> 2);
    }
}
