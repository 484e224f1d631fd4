using PromptAD.Imaging;

namespace PromptAD;

/// <summary>A picture for a stream of predictions: a file, an encoded picture in memory, or a camera's raw pixels.</summary>
public sealed class PictureInput
{
    private readonly Func<long, BitDepth, Picture>? decode;
    private readonly RawFrame? raw;

    private PictureInput(Func<long, BitDepth, Picture> decode) => this.decode = decode;

    private PictureInput(RawFrame raw) => this.raw = raw;

    private PictureInput(PictureInput other) => (decode, raw) = (other.decode, other.raw);

    /// <summary>Whatever tells the caller which picture it is; comes back with the result.</summary>
    public object? Tag { get; init; }

    /// <summary>A picture file; <see cref="Tag"/> is its path.</summary>
    public static PictureInput FromFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new PictureInput((limit, depth) => PictureDecoder.Decode(path, limit, depth)) { Tag = path };
    }

    /// <summary>The same picture with another tag.</summary>
    /// <param name="tag">See <see cref="Tag"/>.</param>
    public PictureInput WithTag(object? tag) => new(this) { Tag = tag };

    /// <summary>An encoded picture in memory, which must not change until its result is there.</summary>
    /// <param name="encoded">The bytes of a picture file.</param>
    /// <param name="tag">See <see cref="Tag"/>.</param>
    public static PictureInput FromEncoded(ReadOnlyMemory<byte> encoded, object? tag = null) =>
        new((limit, depth) => PictureDecoder.Decode(encoded.Span, limit, depth)) { Tag = tag };

    /// <summary>A camera's raw pixels, which must not change until their result is there. Checked when their turn comes.</summary>
    /// <param name="pixels">As in <see cref="CameraFrame"/>.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="format">The layout of a pixel.</param>
    /// <param name="stride">As in <see cref="CameraFrame"/>.</param>
    /// <param name="significantBits">As in <see cref="CameraFrame"/>.</param>
    /// <param name="tag">See <see cref="Tag"/>.</param>
    public static PictureInput FromFrame(
        ReadOnlyMemory<byte> pixels,
        int width,
        int height,
        PixelFormat format,
        int stride = 0,
        int significantBits = 16,
        object? tag = null) =>
        new(new RawFrame(pixels, width, height, format, stride, significantBits)) { Tag = tag };

    /// <summary>The decoded picture; null for raw pixels, which need no decoding.</summary>
    internal Picture? Decode(long pixelLimit, BitDepth depth) => decode?.Invoke(pixelLimit, depth);

    /// <summary>The pixels: those that were decoded, or the raw ones.</summary>
    internal CameraFrame Frame(Picture? decoded) => decoded is null ? raw!.Frame : decoded.Frame;

    private sealed record RawFrame(
        ReadOnlyMemory<byte> Pixels, int Width, int Height, PixelFormat Format, int Stride, int SignificantBits)
    {
        public CameraFrame Frame => new(Pixels.Span, Width, Height, Format, Stride, SignificantBits);
    }
}
