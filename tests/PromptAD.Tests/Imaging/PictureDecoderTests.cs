using PromptAD.Imaging;
using SkiaSharp;

namespace PromptAD.Tests.Imaging;

public sealed class PictureDecoderTests
{
    public static TheoryData<string> ColorFiles { get; } =
    [
        "color.png", "color-16.png", "color-alpha.png", "color-palette.png", "color-palette-transparent.png",
        "color.bmp", "color-alpha.bmp", "color-palette.bmp", "color.webp", "color-alpha.webp", "color-palette.gif",
        "color.tif", "color-lzw.tif", "color-alpha.tif", "color-palette.tif", "color-tiled-16.tif", "color-16-bigendian.tif",
        "color-planes-alpha.tif",
    ];

    public static TheoryData<string> GrayFiles { get; } =
    [
        "gray-pattern.png", "gray-pattern-16.png", "gray-pattern-alpha.png", "gray-pattern.bmp",
        "gray-pattern.tif", "gray-pattern-lzw.tif", "gray-pattern-16-deflate.tif", "gray-pattern-white-is-zero.tif",
    ];

    [Theory]
    [MemberData(nameof(ColorFiles))]
    public void Gives_the_stored_colours_whatever_the_format_and_the_alpha(string fixture)
    {
        using Picture picture = TestPictures.Decode(fixture);
        Assert.Equal((13, 7), (picture.Width, picture.Height));
        Assert.Equal(TestPictures.ColorPattern(), TestPictures.Rgb(picture));
    }

    [Theory]
    [MemberData(nameof(GrayFiles))]
    public void Gives_grey_and_the_high_byte_of_sixteen_bits(string fixture)
    {
        using Picture picture = TestPictures.Decode(fixture);
        Assert.Equal(TestPictures.GrayPattern(), TestPictures.Rgb(picture));
    }

    [Fact]
    public void Decodes_a_jpeg_as_Pillow_does()
    {
        using Picture picture = TestPictures.Decode("photo.jpg"), expected = TestPictures.Decode("photo.decoded.png");
        byte[] actual = TestPictures.Rgb(picture), wanted = TestPictures.Rgb(expected);

        // Processors differ in which of the decoder's routines they use, and these in the last bit.
        Assert.Equal(wanted.Length, actual.Length);
        Assert.All(actual.Zip(wanted), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Fact]
    public void Paths_streams_and_bytes_give_the_same()
    {
        byte[] encoded = TestPictures.BytesOf("color.png");
        using var fromStart = new MemoryStream(encoded);
        using var fromPosition = new MemoryStream([1, 2, 3, .. encoded]) { Position = 3 };
        using Picture a = PictureDecoder.Decode(encoded, TestPictures.Limit);
        using Picture b = PictureDecoder.Decode(fromStart, TestPictures.Limit);
        using Picture c = PictureDecoder.Decode(fromPosition, TestPictures.Limit);
        using Picture d = PictureDecoder.Decode(new UnseekableStream(encoded), TestPictures.Limit);

        Assert.All(new[] { a, b, c, d }, picture => Assert.Equal(TestPictures.ColorPattern(), TestPictures.Rgb(picture)));
        Assert.True(fromStart.CanRead);
    }

    [Theory]
    [InlineData(1, "red lime blue white")]
    [InlineData(2, "lime red white blue")]
    [InlineData(3, "white blue lime red")]
    [InlineData(4, "blue white red lime")]
    [InlineData(5, "red blue lime white")]
    [InlineData(6, "blue red white lime")]
    [InlineData(7, "white lime blue red")]
    [InlineData(8, "lime white red blue")]
    public void Turns_a_picture_upright(int orientation, string quarters)
    {
        byte[] jpeg = TestPictures.EncodeQuarters(48, 32, SKEncodedImageFormat.Jpeg);
        using Picture picture = PictureDecoder.Decode(WithOrientation(jpeg, (byte)orientation), TestPictures.Limit);

        Assert.Equal(orientation < 5 ? (48, 32) : (32, 48), (picture.Width, picture.Height));
        Assert.Equal(quarters, string.Join(' ', QuartersOf(picture)));
    }

    [Fact]
    public void Turns_a_grey_picture_upright()
    {
        // The orientation of a TIFF is a directory entry; that of the fixture is put in place of its compression, whose default is none.
        byte[] tiff = TestPictures.BytesOf("gray-pattern.tif");
        int entry = tiff.AsSpan().IndexOf<byte>([0x03, 0x01, 0x03, 0x00]);
        tiff[entry] = 0x12;
        tiff[entry + 8] = 3;
        using Picture picture = PictureDecoder.Decode(tiff, TestPictures.Limit);

        // Turned by half a circle, single pixels come in the opposite order.
        Assert.True(picture.IsGray);
        Assert.Equal(TestPictures.GrayPattern().Reverse(), TestPictures.Rgb(picture));
    }

    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        // An EXIF segment with the one entry, put after the JPEG's first marker.
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    private static IEnumerable<string> QuartersOf(Picture picture)
    {
        byte[] rgb = TestPictures.Rgb(picture);
        foreach (int y in new[] { picture.Height / 4, picture.Height * 3 / 4 })
        {
            foreach (int x in new[] { picture.Width / 4, picture.Width * 3 / 4 })
            {
                int at = 3 * ((y * picture.Width) + x);
                yield return (rgb[at] > 128, rgb[at + 1] > 128, rgb[at + 2] > 128) switch
                {
                    (true, true, true) => "white",
                    (true, false, false) => "red",
                    (false, true, false) => "lime",
                    (false, false, true) => "blue",
                    var other => other.ToString(),
                };
            }
        }
    }

    /// <summary>A stream like a pipe, which hands out a few bytes at a time.</summary>
    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
    }
}
