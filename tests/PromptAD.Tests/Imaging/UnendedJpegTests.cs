using PromptAD.Imaging;
using SkiaSharp;

namespace PromptAD.Tests.Imaging;

public sealed class UnendedJpegTests
{
    [Theory]
    [InlineData(64, 64)]
    [InlineData(100, 70)]
    [InlineData(1024, 613)] // in bands
    public void A_jpeg_without_its_end_mark_is_read_with_a_warning(int width, int height)
    {
        byte[] whole = TestPictures.EncodeQuarters(width, height, SKEncodedImageFormat.Jpeg);
        using Picture expected = PictureDecoder.Decode(whole, TestPictures.Limit);
        Assert.Null(expected.Warning);
        foreach (int cut in (int[])[1, 2])
        {
            using Picture picture = PictureDecoder.Decode(whole.AsSpan(0, whole.Length - cut), TestPictures.Limit);
            Assert.Equal(TestPictures.Rgb(expected), TestPictures.Rgb(picture));
            Assert.Equal(
                "the image has no end mark, though all of its pixels are there; whatever wrote it stopped early.", picture.Warning?.ToString());
        }
    }

    [Fact]
    public void A_jpeg_that_lacks_more_stays_refused()
    {
        byte[] whole = TestPictures.BytesOf("photo.jpg");
        for (int cut = 6; cut < 600; cut += 3)
            Assert.Throws<PromptADException>(() => PictureDecoder.Decode(whole.AsSpan(0, whole.Length - cut), TestPictures.Limit));
    }

    [Fact]
    public void A_progressive_jpeg_that_lacks_its_last_scans_is_refused()
    {
        byte[] whole = TestPictures.BytesOf("progressive.jpg");
        using Picture expected = PictureDecoder.Decode(whole, TestPictures.Limit);
        using (Picture picture = PictureDecoder.Decode(whole.AsSpan(0, whole.Length - 2), TestPictures.Limit))
        {
            Assert.Equal(TestPictures.Rgb(expected), TestPictures.Rgb(picture));
            Assert.NotNull(picture.Warning);
        }
        for (int length = 2; length < whole.Length - 20; length++)
            Assert.Throws<PromptADException>(() => PictureDecoder.Decode(whole.AsSpan(0, length), TestPictures.Limit));
        using Picture followed = PictureDecoder.Decode((byte[])[.. whole, .. "more"u8], TestPictures.Limit);
        Assert.Null(followed.Warning);
    }
}
