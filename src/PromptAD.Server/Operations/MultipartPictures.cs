using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace PromptAD.Server.Operations;

/// <summary>Reads the pictures of a form one after the other, as they come: none of them lies in memory before it is asked for.</summary>
internal static class MultipartPictures
{
    private const int LongestField = 1000, LongestBoundary = 200;

    /// <summary>The pictures of a request.</summary>
    /// <exception cref="ServiceException">It is no form, or has fields that mean nothing here.</exception>
    /// <exception cref="BadHttpRequestException">It is too large, or ends in the middle.</exception>
    public static async IAsyncEnumerable<PicturePart> ReadAsync(
        HttpRequest request, ServiceOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = new MultipartReader(BoundaryOf(request), Allow(request, options)) { BodyLengthLimit = null };
        int position = 0;
        string? part = null;
        while (await NextAsync(reader, cancellation) is { } section)
        {
            ContentDispositionHeaderValue? disposition = section.GetContentDispositionHeader();
            if (disposition is null) continue;
            string? file = FileOf(disposition);
            bool isText = section.ContentType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ?? true;
            if (file is null && isText)
            {
                string name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
                part = name == "part"
                    ? await TextAsync(section.Body, cancellation)
                    : throw ServiceException.Invalid(
                        $"The form's field '{name}' is not known; send files, and before each, where wanted, the field 'part'.");
                continue;
            }
            string? key = section.Headers?.TryGetValue("Idempotency-Key", out var sent) == true ? sent.ToString() : null;
            yield return new PicturePart(++position, file, part, key, section.ContentType, section.Body);
            part = null;
        }
    }

    private static string BoundaryOf(HttpRequest request)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= LongestBoundary } boundary) return boundary.ToString();
        throw new ServiceException(
            StatusCodes.Status415UnsupportedMediaType,
            $"The content type is '{request.ContentType}'; send multipart/form-data with a file for each picture, as curl -F does.");
    }

    /// <summary>The body, which may be larger than a single picture.</summary>
    private static Stream Allow(HttpRequest request, ServiceOptions options)
    {
        long most = options.MaxBatchMegabytes * 1_000_000L;
        if (request.ContentLength > most)
        {
            throw new ServiceException(
                StatusCodes.Status413PayloadTooLarge,
                $"The request has {request.ContentLength} bytes; at most {options.MaxBatchMegabytes} MB are taken "
                + "(Service:MaxBatchMegabytes). Nothing was kept; send fewer pictures at once.");
        }
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = most;
        return request.Body;
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or InvalidDataException && e is not BadHttpRequestException)
        {
            throw Broken(e);
        }
    }

    /// <summary>The form ends in the middle, or is none.</summary>
    public static BadHttpRequestException Broken(Exception inner) => new(
        "The form ends in the middle or is damaged; send it again, with the same Idempotency-Key where it had one.",
        StatusCodes.Status400BadRequest, inner);

    private static string? FileOf(ContentDispositionHeaderValue disposition)
    {
        string name = HeaderUtilities.RemoveQuotes(
            disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
        string last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..]; // some browsers send the whole path
        return last.Length > 0 ? last : null;
    }

    private static async Task<string> TextAsync(Stream body, CancellationToken cancellation)
    {
        byte[] text = new byte[LongestField];
        int length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(text.AsSpan(0, length)).Trim();
    }
}

/// <summary>A picture in a form.</summary>
/// <param name="Position">Which one it is, from 1 on.</param>
/// <param name="File">What its file is called, without folders; null where that was not told.</param>
/// <param name="Part">What the part is called, from the field before it; null where there was none.</param>
/// <param name="Key">Its own Idempotency-Key; null for none.</param>
/// <param name="ContentType">What it is said to be.</param>
/// <param name="Body">Its bytes, to be read before the next picture is asked for.</param>
internal sealed record PicturePart(int Position, string? File, string? Part, string? Key, string? ContentType, Stream Body);
