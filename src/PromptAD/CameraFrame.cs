using PromptAD.Imaging;

namespace PromptAD;

/// <summary>
/// A picture in memory, as a camera's driver hands it over: a view of the caller's pixels, which are neither copied nor changed.
/// </summary>
public readonly ref struct CameraFrame
{
    /// <summary>The longest side of a picture that is accepted, in pixels.</summary>
    internal const int MaxSide = 65_535;

    /// <summary>Describes pixels in memory.</summary>
    /// <param name="pixels">The rows from top to bottom; bytes after the last row's last pixel are ignored.</param>
    /// <param name="width">Pixels per row, 1 to 65,535.</param>
    /// <param name="height">Rows, 1 to 65,535.</param>
    /// <param name="format">The layout of a pixel.</param>
    /// <param name="stride">Bytes from the start of one row to the start of the next; 0 means rows without a gap.</param>
    /// <param name="significantBits">
    /// For <see cref="PixelFormat.Gray16"/> and the Bayer formats of 16 bits: how many low bits the camera uses, 8 to 16 (10 and 12 are
    /// usual). Brighter values count as white. All frames of a detector must have the same. Other formats ignore it.
    /// </param>
    /// <exception cref="PromptADException">The size, the stride or the length of <paramref name="pixels"/> cannot be right.</exception>
    public CameraFrame(
        ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format, int stride = 0, int significantBits = 16)
    {
        if (width is < 1 or > MaxSide || height is < 1 or > MaxSide)
            throw new PromptADException(
                Problem.OutOfRange,
                $"A frame of {width} x {height} pixels cannot be used; each side must be 1 to {MaxSide} pixels.");
        if (significantBits is < SampleDepth.Fewest or > SampleDepth.Most)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"{significantBits} significant bits were given; a 16-bit frame has {SampleDepth.Fewest} to {SampleDepth.Most}.");
        }
        if (BayerFrames.IsBayer(format) && Math.Min(width, height) < 2)
            throw new PromptADException(
                Problem.OutOfRange,
                $"A frame of {width} x {height} pixels is too small for a Bayer filter, which takes 2 x 2.");

        int rowBytes = RowBytes(format, width);
        if (stride == 0) stride = rowBytes;
        if (stride < rowBytes)
        {
            throw new PromptADException(
                Problem.OutOfRange, $"A stride of {stride} bytes is too short; {width} pixels of {format} take {rowBytes} bytes a row.");
        }

        long needed = (long)stride * (height - 1) + rowBytes;
        if (pixels.Length < needed)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"{pixels.Length} bytes are too few; {width} x {height} pixels of {format} with a stride of {stride} take {needed} bytes.");
        }
        Pixels = pixels;
        Width = width;
        Height = height;
        Format = format;
        Stride = stride;
        SignificantBits = significantBits;
    }

    /// <summary>The caller's bytes.</summary>
    public ReadOnlySpan<byte> Pixels { get; }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Bytes from the start of one row to the start of the next.</summary>
    public int Stride { get; }

    /// <summary>The layout of a pixel.</summary>
    public PixelFormat Format { get; }

    /// <summary>How many low bits of a 16-bit sample are used.</summary>
    public int SignificantBits { get; }

    /// <summary>The file that the frame was read from, in quotes; null for a camera's.</summary>
    internal string? Source { get; init; }

    /// <summary>What the frame is called at the beginning of a message.</summary>
    internal string Name => Source ?? "The picture";

    /// <summary>Whether its samples take 16 bits, of which not all need be used.</summary>
    internal bool IsDeep => Format is PixelFormat.Gray16 or (>= PixelFormat.BayerRG16 and <= PixelFormat.BayerBG16);

    /// <summary>The bytes of one row, without the gap that may follow it.</summary>
    internal ReadOnlySpan<byte> Row(int y) => Pixels.Slice(y * Stride, RowBytes(Format, Width));

    /// <summary>A part of the frame, seen in the same memory. It must lie inside, and pixels must be whole bytes.</summary>
    internal CameraFrame Cut(int x, int y, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x + width, Width, nameof(width));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(y + height, Height, nameof(height));
        return new CameraFrame(
            Pixels[((y * Stride) + RowBytes(Format, x))..], width, height, Format, Stride, SignificantBits)
        {
            Source = Source,
        };
    }

    private static int RowBytes(PixelFormat format, int width) => ((width * BitsPerPixel(format)) + 7) / 8;

    private static int BitsPerPixel(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 or (>= PixelFormat.BayerRG8 and <= PixelFormat.BayerBG8) => 8,
        PixelFormat.Gray16 or (>= PixelFormat.BayerRG16 and <= PixelFormat.BayerBG16) => 16,
        PixelFormat.Rgb24 or PixelFormat.Bgr24 => 24,
        PixelFormat.Bgra32 => 32,
        PixelFormat.Mono10p or (>= PixelFormat.BayerRG10p and <= PixelFormat.BayerBG10p) => 10,
        PixelFormat.Mono12p or PixelFormat.Mono12Packed or (>= PixelFormat.BayerRG12p and <= PixelFormat.BayerBG12Packed) => 12,
        _ => throw new PromptADException(
            Problem.OutOfRange, $"Pixel format {format} is unknown; it must be one of {string.Join(", ", Enum.GetNames<PixelFormat>())}."),
    };
}
