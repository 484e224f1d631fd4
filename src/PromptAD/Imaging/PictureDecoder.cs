using System.Buffers;

namespace PromptAD.Imaging;

/// <summary>
/// Decodes PNG, JPEG, BMP, WebP, GIF (its first frame) and TIFF (its first full page) to 8-bit pixels: colour values as stored, without
/// colour management, alpha not blended, the upper 8 of the significant bits of 16-bit samples. The orientation that a camera noted (EXIF)
/// is applied.
/// </summary>
internal static class PictureDecoder
{
    private const int FirstRead = 1 << 16, LongestSignature = 32;

    private delegate T Reading<T>(ReadOnlySpan<byte> encoded, PictureSource source);

    /// <exception cref="PromptADException">The file cannot be read, is no picture, is damaged, cut off or too large.</exception>
    public static Picture Decode(string path, long pixelLimit, BitDepth depth = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var source = new PictureSource($"'{path}'", pixelLimit, depth);
        using FileStream stream = Open(path, source);
        Picture picture = Decode(stream, source);
        picture.Source = source.Name;
        return picture;
    }

    /// <summary>Decodes from the stream's position to its end. The stream stays open.</summary>
    /// <exception cref="PromptADException">It cannot be read, holds no picture, or one that is damaged, cut off or too large.</exception>
    public static Picture Decode(Stream stream, long pixelLimit, BitDepth depth = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Decode(stream, new PictureSource("the image", pixelLimit, depth));
    }

    /// <exception cref="PromptADException">The bytes are no picture, or one that is damaged, cut off or too large.</exception>
    public static Picture Decode(ReadOnlySpan<byte> encoded, long pixelLimit, BitDepth depth = default) =>
        Decode(encoded, new PictureSource("the image", pixelLimit, depth));

    /// <summary>What a file's header says.</summary>
    /// <exception cref="PromptADException">The file cannot be read, is no picture, or is too large.</exception>
    public static PictureHeader ReadHeader(string path, long pixelLimit)
    {
        ArgumentNullException.ThrowIfNull(path);
        var source = new PictureSource($"'{path}'", pixelLimit);
        using FileStream stream = Open(path, source);
        try
        {
            Span<byte> first = stackalloc byte[LongestSignature];
            int length = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            if (length == 0) throw source.Unsupported("it is empty");
            stream.Position = 0;
            return TiffHeader.Recognises(first[..length])
                ? Read(stream, source, TiffDecoder.ReadHeader)
                : SkiaDecoder.ReadHeader(stream, first[..length], source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw source.Unreadable(e);
        }
    }

    /// <summary>The bits that 16-bit pictures among these agree to; of others only the header is read.</summary>
    /// <exception cref="PromptADException">A picture cannot be read, or they do not agree.</exception>
    public static BitDepth Agree(IEnumerable<string> paths, long pixelLimit, BitDepth known)
    {
        foreach (string path in paths)
        {
            if (!ReadHeader(path, pixelLimit).IsDeep) continue;
            using Picture picture = Decode(path, pixelLimit, known);
            known = picture.Depth ?? known;
        }
        return known;
    }

    /// <summary>The bytes of an encoded picture from the stream's position to its end. The stream stays open.</summary>
    /// <exception cref="PromptADException">It cannot be read or is too long.</exception>
    public static byte[] ReadAll(Stream stream, long pixelLimit) =>
        Read(stream, new PictureSource("the image", pixelLimit), (encoded, _) => encoded.ToArray());

    private static FileStream Open(string path, PictureSource source)
    {
        if (Directory.Exists(path)) throw source.Unsupported("it is a folder");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PromptADException($"Cannot read {source.Name}: the file does not exist. Check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw source.Unreadable(e);
        }
    }

    private static Picture Decode(Stream stream, PictureSource source) => Read(stream, source, Decode);

    private static T Read<T>(Stream stream, PictureSource source, Reading<T> reading)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstRead);
        try
        {
            int length = ReadToEnd(stream, ref buffer, source);
            return reading(buffer.AsSpan(0, length), source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw source.Unreadable(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Picture Decode(ReadOnlySpan<byte> encoded, PictureSource source)
    {
        if (encoded.IsEmpty) throw source.Unsupported("it is empty");
        return TiffHeader.Recognises(encoded) ? TiffDecoder.Decode(encoded, source) : SkiaDecoder.Decode(encoded, source);
    }

    private static int ReadToEnd(Stream stream, ref byte[] buffer, PictureSource source)
    {
        // An uncompressed picture of the largest size with four 16-bit channels, and room for its metadata.
        long limit = Math.Min(Array.MaxLength, (Math.Min(source.PixelLimit, Array.MaxLength) * 8) + (16 << 20));
        if (stream.CanSeek) Grow(ref buffer, stream.Length - stream.Position + 1, 0, limit, source);

        int length = 0;
        while (true)
        {
            if (length == buffer.Length) Grow(ref buffer, length + 1L, length, limit, source);
            int read = stream.Read(buffer, length, buffer.Length - length);
            if (read == 0) return length;
            length += read;
        }
    }

    private static void Grow(ref byte[] buffer, long needed, int used, long limit, PictureSource source)
    {
        if (needed <= buffer.Length) return;
        if (needed > limit)
        {
            throw new PromptADException($"Cannot read {source.Name}: it has more than {limit} bytes, too many for a picture of at most "
                + $"{source.PixelLimit} pixels. Scale it down or raise the pixel limit (--pixel-limit).");
        }
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit, Math.Max(needed, 2L * used)));
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}

/// <summary>What a picture file's header says.</summary>
/// <param name="Width">Pixels in a row of the upright picture.</param>
/// <param name="Height">Its rows.</param>
/// <param name="IsDeep">Whether its samples have 16 bits.</param>
internal readonly record struct PictureHeader(int Width, int Height, bool IsDeep);
