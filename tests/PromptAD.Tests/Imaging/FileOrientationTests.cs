using PromptAD.Imaging;
using SkiaSharp;

namespace PromptAD.Tests.Imaging;

public sealed class FileOrientationTests : TemporaryFolder
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_png_is_turned_as_its_camera_noted(bool isBig, bool atEnd)
    {
        byte[] plain = TestPictures.EncodeQuarters(52, 40, SKEncodedImageFormat.Png);
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            byte[] png = MadePictures.WithChunk(plain, "eXIf", MadePictures.Exif(orientation, isBig), atEnd);
            using Picture picture = PictureDecoder.Decode(png, TestPictures.Limit), stored = PictureDecoder.Decode(plain, TestPictures.Limit);
            using Picture expected = Orientation.Apply(stored, (SKEncodedOrigin)orientation);
            Assert.Equal((expected.Width, expected.Height), (picture.Width, picture.Height));
            Assert.Equal(TestPictures.Rgb(expected), TestPictures.Rgb(picture));
            string path = InFolder("any.png");
            File.WriteAllBytes(path, png);
            PictureHeader header = PictureDecoder.ReadHeader(path, TestPictures.Limit);
            Assert.Equal((picture.Width, picture.Height), (header.Width, header.Height));
        }
    }

    [Fact]
    public void Nonsense_in_its_place_turns_nothing()
    {
        byte[] plain = TestPictures.EncodeQuarters(52, 40, SKEncodedImageFormat.Png), exif = MadePictures.Exif(6);
        byte[][] nonsense = [[], [1], [.. "II*\0"u8], MadePictures.Exif(9), [.. exif[..4], 255, 255, 255, 255, .. exif[8..]], exif[..12]];
        foreach (byte[] content in nonsense)
        {
            using Picture picture = PictureDecoder.Decode(MadePictures.WithChunk(plain, "eXIf", content), TestPictures.Limit);
            Assert.Equal(52, picture.Width);
        }
    }

    [Fact]
    public void A_deep_png_is_turned_too()
    {
        byte[] png = MadePictures.Png16(8, new ushort[8 * 6], after: [("eXIf", MadePictures.Exif(6))]);
        using Picture picture = PictureDecoder.Decode(png, TestPictures.Limit);
        Assert.Equal((6, 8, 16), (picture.Width, picture.Height, picture.Depth?.Bits));
    }
}
