namespace PromptAD.Imaging;

/// <summary>
/// Decodes PNG, JPEG, BMP, WebP, GIF (its first frame) and TIFF (its first full page) to 8-bit pixels: colour values as stored, without
/// colour management, alpha not blended, the upper 8 of the significant bits of 16-bit samples. The orientation that a camera noted (EXIF)
/// is applied.
/// </summary>
public static class PictureDecoder
{
    private const int FirstRead = 1 << 16, LongestRead = 1 << 22, LongestSignature = 32;

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixelLimit">The most pixels (width times height) that it may have; looked at before memory is taken.</param>
    /// <param name="depth">What is known of the bits of 16-bit pictures; by default nothing, which is all 16.</param>
    /// <param name="cancellation">Leaves it.</param>
    /// <returns>The upright picture, which the caller disposes.</returns>
    /// <exception cref="PromptADException">The file cannot be read, is no picture, is damaged, cut off or too large.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; reading and decoding are left behind.</exception>
    public static Picture Decode(string path, long pixelLimit, BitDepth depth = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var source = new PictureSource($"'{path}'", pixelLimit, depth);
        return Uninterruptible.Run(
            () =>
            {
                using FileStream stream = Open(path, source);
                using EncodedBytes encoded = ReadToEnd(stream, source, cancellation);
                Picture picture = Decode(encoded.Span, source);
                picture.Source = source.Name;
                return picture;
            },
            picture => picture.Dispose(),
            cancellation);
    }

    /// <summary>Decodes from the stream's position to its end. The stream stays open.</summary>
    /// <param name="stream">The stream; it need not be able to seek.</param>
    /// <param name="pixelLimit">As of a file.</param>
    /// <param name="depth">As of a file.</param>
    /// <param name="cancellation">Leaves it.</param>
    /// <returns>As of a file.</returns>
    /// <exception cref="PromptADException">It cannot be read, holds no picture, or one that is damaged, cut off or too large.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and the stream is not read any more.</exception>
    public static Picture Decode(Stream stream, long pixelLimit, BitDepth depth = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var source = new PictureSource("the image", pixelLimit, depth);
        EncodedBytes encoded = ReadToEnd(stream, source, cancellation);
        return Uninterruptible.Run(
            () =>
            {
                using (encoded) return Decode(encoded.Span, source);
            },
            picture => picture.Dispose(),
            cancellation);
    }

    /// <summary>The same of bytes that do not change.</summary>
    /// <param name="encoded">The bytes of a picture file.</param>
    /// <param name="pixelLimit">As of a file.</param>
    /// <param name="depth">As of a file.</param>
    /// <param name="cancellation">Leaves it.</param>
    /// <returns>As of a file.</returns>
    /// <exception cref="PromptADException">The bytes are no picture, or one that is damaged, cut off or too large.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the decoding is left behind.</exception>
    public static Picture Decode(byte[] encoded, long pixelLimit, BitDepth depth, CancellationToken cancellation) =>
        Uninterruptible.Run(() => Decode(encoded, pixelLimit, depth), picture => picture.Dispose(), cancellation);

    /// <summary>The same of bytes that may be anybody's, without cancellation.</summary>
    /// <param name="encoded">The bytes of a picture file.</param>
    /// <param name="pixelLimit">As of a file.</param>
    /// <param name="depth">As of a file.</param>
    /// <returns>As of a file.</returns>
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
            if (!TiffHeader.Recognises(first[..length])) return SkiaDecoder.ReadHeader(stream, first[..length], source);
            using EncodedBytes whole = ReadToEnd(stream, source);
            return TiffDecoder.ReadHeader(whole.Span, source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw source.Unreadable(e);
        }
    }

    /// <summary>The bits that 16-bit pictures among these agree to; of others only the header is read.</summary>
    /// <exception cref="PromptADException">A picture cannot be read, or they do not agree.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static BitDepth Agree(IEnumerable<string> paths, long pixelLimit, BitDepth known, CancellationToken cancellation = default)
    {
        foreach (string path in paths)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!ReadHeader(path, pixelLimit).IsDeep) continue;
            using Picture picture = Decode(path, pixelLimit, known, cancellation);
            known = picture.Depth ?? known;
        }
        return known;
    }

    /// <summary>The bytes of an encoded picture from the stream's position to its end. The stream stays open.</summary>
    /// <exception cref="PromptADException">It cannot be read or is too long.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static byte[] ReadAll(Stream stream, long pixelLimit, CancellationToken cancellation = default)
    {
        using EncodedBytes encoded = ReadToEnd(stream, new PictureSource("the image", pixelLimit), cancellation);
        return encoded.Span.ToArray();
    }

    private static FileStream Open(string path, PictureSource source)
    {
        if (Directory.Exists(path)) throw source.Unsupported("it is a folder");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PromptADException(Problem.Missing, $"Cannot read {source.Name}: the file does not exist. Check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw source.Unreadable(e);
        }
    }

    private static Picture Decode(ReadOnlySpan<byte> encoded, PictureSource source)
    {
        if (encoded.IsEmpty) throw source.Unsupported("it is empty");
        return TiffHeader.Recognises(encoded) ? TiffDecoder.Decode(encoded, source) : SkiaDecoder.Decode(encoded, source);
    }

    private static EncodedBytes ReadToEnd(Stream stream, PictureSource source, CancellationToken cancellation = default)
    {
        // An uncompressed picture of the largest size with four 16-bit channels, and room for its metadata.
        long limit = Math.Min(Array.MaxLength, (Math.Min(source.MaxPicturePixels, Array.MaxLength) * 8) + (16 << 20));
        var encoded = new EncodedBytes(FirstRead);
        try
        {
            if (stream.CanSeek) encoded.Grow(Within(limit, stream.Length - stream.Position + 1, source), limit);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (encoded.IsFull) encoded.Grow(Within(limit, encoded.Length + 1L, source), limit);
                if (!encoded.ReadSome(stream, LongestRead)) return encoded;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            encoded.Dispose();
            throw source.Unreadable(e);
        }
        catch
        {
            encoded.Dispose();
            throw;
        }
    }

    private static long Within(long limit, long needed, PictureSource source)
    {
        if (needed > limit)
        {
            throw new PromptADException(source.TooLarge(
                $"it has more than {limit} bytes, too many for a picture of at most {source.MaxPicturePixels} pixels"));
        }
        return needed;
    }
}

/// <summary>What a picture file's header says.</summary>
/// <param name="Width">Pixels in a row of the upright picture.</param>
/// <param name="Height">Its rows.</param>
/// <param name="IsDeep">Whether its samples have 16 bits.</param>
public readonly record struct PictureHeader(int Width, int Height, bool IsDeep);
