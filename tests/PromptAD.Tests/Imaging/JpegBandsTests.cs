using PromptAD.Imaging;
using SkiaSharp;

namespace PromptAD.Tests.Imaging;

public sealed class JpegBandsTests
{
    private const int Width = 1024, Height = 613;

    public static TheoryData<SKJpegEncoderDownsample, bool> Kinds { get; } = new()
    {
        { SKJpegEncoderDownsample.Downsample420, false },
        { SKJpegEncoderDownsample.Downsample422, false },
        { SKJpegEncoderDownsample.Downsample444, false },
        { SKJpegEncoderDownsample.Downsample420, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bands_have_the_pixels_of_the_whole(SKJpegEncoderDownsample downsample, bool gray)
    {
        byte[] encoded = Encode(downsample, gray);
        byte[] pixels = new byte[Width * Height * (gray ? 1 : 4)];
        Assert.True(TryDecode(encoded, pixels));
        Assert.Equal(Whole(encoded), pixels);
        using Picture picture = PictureDecoder.Decode(encoded, Width * Height);
        Assert.Equal(pixels, picture.Pixels);
    }

    [Fact]
    public void A_damaged_picture_is_what_it_is_when_decoded_whole()
    {
        byte[] good = Encode(SKJpegEncoderDownsample.Downsample420, gray: false);
        var random = new Random(1);
        int refused = 0;
        for (int round = 0; round < 30; round++)
        {
            byte[] bad = [.. round % 3 == 0 ? good.AsSpan(0, random.Next(good.Length / 2, good.Length)) : good];
            for (int i = 0; i < 1 + (round % 3); i++) bad[random.Next(600, bad.Length)] = (byte)random.Next(256);
            byte[]? whole = Whole(bad), actual = Decode(bad);
            Assert.Equal(whole, actual);
            if (whole is null) refused++;
        }
        Assert.InRange(refused, 5, 25); // both kinds were seen
    }

    [Theory]
    [InlineData(613, 1)]
    [InlineData(613, 2)]
    [InlineData(4096, 4)]
    public void Bands_cover_all_rows_once_and_get_shorter(int height, int bands)
    {
        int[] starts = JpegBands.Starts(height, bands);
        Assert.Equal((bands + 1, 0, height), (starts.Length, starts[0], starts[^1]));
        int[] lengths = [.. starts.Zip(starts.Skip(1), (from, to) => to - from)];
        Assert.All(lengths.Zip(lengths.Skip(1)), pair => Assert.True(pair.First > pair.Second && pair.Second > 0));
    }

    private static byte[]? Decode(byte[] encoded)
    {
        try
        {
            using Picture picture = PictureDecoder.Decode(encoded, Width * Height);
            return picture.Pixels.ToArray();
        }
        catch (PromptADException)
        {
            return null;
        }
    }

    private static unsafe bool TryDecode(byte[] encoded, byte[] pixels)
    {
        using var data = SKData.CreateCopy(encoded);
        using var codec = SKCodec.Create(new SKMemoryStream(data));
        Assert.True(JpegBands.Worth(codec, encoded) || Environment.ProcessorCount == 1);
        fixed (byte* start = pixels) return JpegBands.TryDecode(data, codec.Info, (nint)start);
    }

    /// <summary>All rows at once, the codec's own way; null if it does not succeed.</summary>
    private static unsafe byte[]? Whole(byte[] encoded)
    {
        using var data = SKData.CreateCopy(encoded);
        using var codec = SKCodec.Create(new SKMemoryStream(data));
        if (codec is null) return null;
        var pixels = new byte[codec.Info.BytesSize];
        fixed (byte* start = pixels) return codec.GetPixels(codec.Info, (nint)start) == SKCodecResult.Success ? pixels : null;
    }

    private static byte[] Encode(SKJpegEncoderDownsample downsample, bool gray)
    {
        using var bitmap = new SKBitmap(Width, Height, gray ? SKColorType.Gray8 : SKColorType.Bgra8888, SKAlphaType.Opaque);
        Span<byte> pixels = bitmap.GetPixelSpan();
        var random = new Random(2);
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)((128 * (1 + Math.Sin(i * 0.001))) + random.Next(40));
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData data = pixmap!.Encode(new SKJpegEncoderOptions(90, downsample, SKJpegEncoderAlphaOption.Ignore))!;
        return data.ToArray();
    }
}
