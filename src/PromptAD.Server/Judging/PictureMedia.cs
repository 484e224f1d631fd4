using System.Globalization;
using Microsoft.Net.Http.Headers;
using PromptAD.Server.Operations;

namespace PromptAD.Server.Judging;

/// <summary>
/// What the bytes of a picture are: a picture file, which tells by itself of which kind it is, or a raw frame of a camera, whose shape is
/// told by the parameters of its media type.
/// </summary>
/// <param name="Text">The media type as it is kept.</param>
/// <param name="Frame">The shape of a raw frame; null for a picture file.</param>
internal sealed record PictureMedia(string Text, FrameShape? Frame)
{
    /// <summary>The media type of raw frames.</summary>
    public const string RawFrame = "application/x-camera-frame";

    private const string Unknown = "application/octet-stream";
    private const int LongestText = 200;

    private static readonly string[] Files = ["image/png", "image/jpeg", "image/tiff", "image/bmp", "image/webp", "image/gif", Unknown];

    /// <summary>What cameras call formats that this program calls otherwise (GenICam's pixel format names).</summary>
    private static readonly Dictionary<string, PixelFormat> CameraNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Mono8"] = PixelFormat.Gray8,
        ["Mono10"] = PixelFormat.Gray16,
        ["Mono12"] = PixelFormat.Gray16,
        ["Mono14"] = PixelFormat.Gray16,
        ["Mono16"] = PixelFormat.Gray16,
        ["RGB8"] = PixelFormat.Rgb24,
        ["BGR8"] = PixelFormat.Bgr24,
        ["BGRa8"] = PixelFormat.Bgra32,
    };

    /// <summary>Reads a content type.</summary>
    /// <exception cref="ServiceException">It is none that can be judged, or the shape of a frame is not told.</exception>
    public static PictureMedia Parse(string? contentType)
    {
        // curl's default for --data-binary says nothing of the bytes.
        if (string.IsNullOrEmpty(contentType) || contentType == "application/x-www-form-urlencoded") return new(Unknown, null);
        if (contentType.Length > LongestText || !MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type))
            throw Refused(contentType.Length > LongestText ? contentType[..LongestText] : contentType);
        if (type.MediaType.Equals(RawFrame, StringComparison.OrdinalIgnoreCase)) return new(Kept(type), ReadShape(type));
        string? known = Files.FirstOrDefault(one => type.MediaType.Equals(one, StringComparison.OrdinalIgnoreCase));
        return known is null ? throw Refused(contentType) : new(known, null);
    }

    /// <summary>How a type is kept, which is longer where it came without spaces.</summary>
    private static string Kept(MediaTypeHeaderValue type)
    {
        string text = $"{type}";
        return text.Length > LongestText ? throw Refused(text[..LongestText]) : text;
    }

    private static ServiceException Refused(string given) => new(
        StatusCodes.Status415UnsupportedMediaType,
        $"The content type '{given}' cannot be judged; send {string.Join(", ", Files)}, or {RawFrame}; width=..; height=..; format=...")
    {
        Problem = Problems.NotAPicture,
    };

    private static FrameShape ReadShape(MediaTypeHeaderValue type)
    {
        string? format = Value("format");
        if (format is null || !TryReadFormat(format, out PixelFormat pixels, out int bits))
        {
            throw ServiceException.Invalid(
                $"The format of a raw frame is '{format}'; it must be one of {string.Join(", ", Enum.GetNames<PixelFormat>())}, "
                + $"{string.Join(", ", CameraNames.Keys)}.");
        }
        return new FrameShape(
            Number("width", 1, 100_000), Number("height", 1, 100_000), pixels, Number("stride", 0, 1_000_000, 0),
            Number("bits", 8, 16, bits));

        string? Value(string name) => type.Parameters
            .FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.GetUnescapedValue().Value;

        int Number(string name, int least, int most, int? usual = null)
        {
            string? text = Value(name);
            if (text is null && usual is { } value) return value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
                return number;
            throw ServiceException.Invalid($"The {name} of a raw frame is '{text}'; it must be a number from {least} to {most}.");
        }
    }

    /// <summary>A format by this program's name or a camera's.</summary>
    /// <param name="name">The name.</param>
    /// <param name="format">The format.</param>
    /// <param name="bits">How many bits of 16 the samples have, where the name tells; else 16.</param>
    private static bool TryReadFormat(string name, out PixelFormat format, out int bits)
    {
        bits = 16;
        if (!CameraNames.TryGetValue(name, out format))
            return Enum.TryParse(name, ignoreCase: true, out format) && !char.IsAsciiDigit(name[0]);
        if (format == PixelFormat.Gray16) bits = int.Parse(name.AsSpan("Mono".Length), CultureInfo.InvariantCulture);
        return true;
    }
}

/// <summary>The shape of a raw frame, as <see cref="CameraFrame"/> has it.</summary>
internal sealed record FrameShape(int Width, int Height, PixelFormat Format, int Stride, int Bits)
{
    /// <summary>The frame in bytes.</summary>
    /// <exception cref="PromptADException">The bytes do not fit the shape.</exception>
    public CameraFrame Of(ReadOnlySpan<byte> pixels) => new(pixels, Width, Height, Format, Stride, Bits);
}
