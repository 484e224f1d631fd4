using System.Buffers;

namespace PromptAD.Imaging;

/// <summary>An 8-bit picture in borrowed memory: grey, or blue-green-red-alpha. Rows have no gap between them.</summary>
public sealed class Picture : IDisposable
{
    private byte[]? buffer;

    /// <summary>Borrows memory; its content is undefined until it is written.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="gray">Whether a pixel is one byte; else four, blue, green, red, alpha.</param>
    public Picture(int width, int height, bool gray)
    {
        Width = width;
        Height = height;
        IsGray = gray;
        buffer = ArrayPool<byte>.Shared.Rent(checked(width * height * Channels));
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Whether a pixel is one byte; else four, blue, green, red, alpha.</summary>
    public bool IsGray { get; }

    /// <summary>The file it was read from, in quotes; null for none.</summary>
    public string? Source { get; internal set; }

    /// <summary>What the picture's samples of 16 bits agree to; null where it had 8.</summary>
    public BitDepth? Depth { get; internal set; }

    /// <summary>What is to be said of the file, although it could be read; null for nothing.</summary>
    public Diagnostic? Warning { get; internal set; }

    /// <summary>Whether the format changes levels a little.</summary>
    public bool IsLossy { get; internal set; }

    /// <summary>Bytes per pixel: 1 for grey, 4 for colour.</summary>
    public int Channels => IsGray ? 1 : 4;

    /// <summary>The pixels, row by row from the top left, (height, width, channels).</summary>
    /// <exception cref="ObjectDisposedException">The picture has been disposed.</exception>
    public Span<byte> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(buffer is null, this);
            return buffer.AsSpan(0, Width * Height * Channels);
        }
    }

    /// <summary>The same pixels seen as a frame, so that files and cameras take one path from here on.</summary>
    public CameraFrame Frame => new(Pixels, Width, Height, IsGray ? PixelFormat.Gray8 : PixelFormat.Bgra32) { Source = Source };

    /// <summary>The pixels of one row, (width, channels).</summary>
    /// <param name="y">The row, counted from 0 at the top.</param>
    /// <exception cref="ObjectDisposedException">The picture has been disposed.</exception>
    public Span<byte> Row(int y) => Pixels.Slice(y * Width * Channels, Width * Channels);

    /// <summary>Gives the memory back; nothing may read or write it any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref buffer, null) is { } rented) ArrayPool<byte>.Shared.Return(rented);
    }
}
