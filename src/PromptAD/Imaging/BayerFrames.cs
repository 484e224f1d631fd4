namespace PromptAD.Imaging;

/// <summary>Frames whose pixels cannot be read one by one: behind a Bayer filter, or packed without gaps.</summary>
internal static class BayerFrames
{
    /// <summary>How pixels share bytes.</summary>
    private enum Packing
    {
        None,
        Ten,
        Twelve,
        Pairs, // of 12 bits, the upper 8 of each in a byte of their own
    }

    public static bool IsBayer(PixelFormat format) =>
        format is (>= PixelFormat.BayerRG8 and <= PixelFormat.BayerBG16) or (>= PixelFormat.BayerRG10p and <= PixelFormat.BayerBG12Packed);

    /// <summary>The frame as a picture of 8 bits; null where it can be read as it is.</summary>
    public static Picture? ToPicture(in CameraFrame frame)
    {
        if (!IsBayer(frame.Format) && PackingOf(frame.Format) == Packing.None) return null;
        var picture = new Picture(frame.Width, frame.Height, gray: !IsBayer(frame.Format)) { Source = frame.Source };
        if (picture.IsGray)
            for (int y = 0; y < frame.Height; y++) Unpack(frame.Row(y), PackingOf(frame.Format), picture.Row(y));
        else
            Interpolate(frame, picture);
        return picture;
    }

    private static Packing PackingOf(PixelFormat format) => format switch
    {
        PixelFormat.Mono10p or (>= PixelFormat.BayerRG10p and <= PixelFormat.BayerBG10p) => Packing.Ten,
        PixelFormat.Mono12p or (>= PixelFormat.BayerRG12p and <= PixelFormat.BayerBG12p) => Packing.Twelve,
        PixelFormat.Mono12Packed or (>= PixelFormat.BayerRG12Packed and <= PixelFormat.BayerBG12Packed) => Packing.Pairs,
        _ => Packing.None,
    };

    /// <summary>The upper 8 bits of each pixel.</summary>
    private static void Unpack(ReadOnlySpan<byte> row, Packing packing, Span<byte> gray)
    {
        if (packing == Packing.Pairs)
        {
            for (int x = 0; x < gray.Length; x++) gray[x] = row[(x / 2 * 3) + (x % 2 * 2)];
            return;
        }
        int bits = packing == Packing.Ten ? 10 : 12;
        for (int x = 0, bit = 0; x < gray.Length; x++, bit += bits)
        {
            int two = row[bit / 8] | (row[(bit / 8) + 1] << 8);
            gray[x] = (byte)(two >> ((bit % 8) + bits - 8));
        }
    }

    /// <summary>Each missing colour is the mean of its neighbours; a border mirrors the picture, which keeps the pattern.</summary>
    private static void Interpolate(in CameraFrame frame, Picture picture)
    {
        int number = (frame.Format - FirstOf(frame)) % 4; // RG, GR, GB, BG
        int redColumn = number is 1 or 3 ? 1 : 0, redRow = number >= 2 ? 1 : 0;
        int width = frame.Width, height = frame.Height;
        byte[] above = new byte[width], row = new byte[width], below = new byte[width];
        ReadMosaic(frame, 1, above);
        ReadMosaic(frame, 0, row);
        for (int y = 0; y < height; y++)
        {
            ReadMosaic(frame, y + 1 < height ? y + 1 : y - 1, below);
            InterpolateRow(above, row, below, redColumn, isRedRow: y % 2 == redRow, picture.Row(y));
            (above, row, below) = (row, below, above);
        }
    }

    private static PixelFormat FirstOf(in CameraFrame frame) =>
        frame.Format >= PixelFormat.BayerRG10p ? PixelFormat.BayerRG10p : PixelFormat.BayerRG8;

    private static void InterpolateRow(
        ReadOnlySpan<byte> above, ReadOnlySpan<byte> row, ReadOnlySpan<byte> below, int redColumn, bool isRedRow, Span<byte> bgra)
    {
        for (int x = 0; x < row.Length; x++)
        {
            int left = x > 0 ? x - 1 : 1, right = x + 1 < row.Length ? x + 1 : x - 1;
            int own = row[x], across = row[left] + row[right], down = above[x] + below[x];
            int corners = above[left] + above[right] + below[left] + below[right];
            bool isGreen = isRedRow != (x % 2 == redColumn);
            int green = isGreen ? own : (across + down + 2) / 4;
            int ofRow = isGreen ? (across + 1) / 2 : own; // the colour that the row has beside green
            int other = isGreen ? (down + 1) / 2 : (corners + 2) / 4;
            bgra[4 * x] = (byte)(isRedRow ? other : ofRow);
            bgra[(4 * x) + 1] = (byte)green;
            bgra[(4 * x) + 2] = (byte)(isRedRow ? ofRow : other);
            bgra[(4 * x) + 3] = byte.MaxValue;
        }
    }

    private static void ReadMosaic(in CameraFrame frame, int y, Span<byte> row)
    {
        if (frame.IsDeep) FrameRows.NarrowGray(frame.Row(y), frame.SignificantBits - 8, row);
        else if (PackingOf(frame.Format) is var packing and not Packing.None) Unpack(frame.Row(y), packing, row);
        else frame.Row(y).CopyTo(row);
    }
}
