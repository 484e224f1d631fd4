using System.Buffers;

namespace PromptAD.Server.Operations;

/// <summary>Reads the bytes of a picture, no more than are allowed.</summary>
internal static class RequestBody
{
    private const int FirstRead = 1 << 16;

    /// <summary>All bytes of a request.</summary>
    /// <exception cref="ServiceException">There are none.</exception>
    /// <exception cref="BadHttpRequestException">There are too many, or they end before their announced length.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, ServiceOptions options, CancellationToken cancellation)
    {
        long most = options.MaxPictureMegabytes * 1_000_000L;
        if (request.ContentLength > most) throw TooLarge();
        if (request.ContentLength is { } known)
        {
            byte[] whole = new byte[known];
            await request.Body.ReadExactlyAsync(whole, cancellation);
            return known > 0 ? whole : throw Empty();
        }
        return await ReadAsync(request.Body, most, cancellation);
    }

    /// <summary>All bytes of a picture in a form.</summary>
    /// <exception cref="ServiceException">There are none.</exception>
    /// <exception cref="BadHttpRequestException">There are too many, or the form ends in the middle.</exception>
    public static async Task<byte[]> ReadAsync(PicturePart part, ServiceOptions options, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(part.Body, options.MaxPictureMegabytes * 1_000_000L, cancellation);
        }
        catch (Exception e) when (e is IOException or InvalidDataException && e is not BadHttpRequestException)
        {
            throw MultipartPictures.Broken(e);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream body, long most, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstRead);
        try
        {
            int length = 0;
            while (true)
            {
                int read = await body.ReadAsync(buffer.AsMemory(length), cancellation);
                if (read == 0) break;
                length += read;
                if (length > most) throw TooLarge();
                if (length < buffer.Length) continue;
                byte[] longer = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                buffer.AsSpan(0, length).CopyTo(longer);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = longer;
            }
            return length > 0 ? buffer.AsSpan(0, length).ToArray() : throw Empty();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static BadHttpRequestException TooLarge() => new("The request is too large.", StatusCodes.Status413PayloadTooLarge);

    private static ServiceException Empty() => ServiceException.Invalid("There are no bytes; send those of a picture.");
}
