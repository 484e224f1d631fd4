using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class TiffKindsTests : TemporaryFolder
{
    private static readonly int[] Levels = [.. Enumerable.Range(0, 8 * 6).Select(i => i * 5)];
    private static readonly TiffPicture Full = new(8, Levels, Bits: 8), Thumbnail = new(2, [9, 9, 9, 9], Bits: 8);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Both_sizes_of_offsets_and_both_orders_are_read(bool isBig, bool bigEndian)
    {
        byte[] tiff = MadePictures.Tiff(isBig, bigEndian, Full);
        using Picture picture = PictureDecoder.Decode(tiff, TestPictures.Limit);
        Assert.Equal((8, 6), (picture.Width, picture.Height));
        Assert.Equal([.. Levels.Select(level => (byte)level)], picture.Pixels.ToArray());
        string path = InFolder("any.png");
        File.WriteAllBytes(path, tiff);
        Assert.Equal(new PictureHeader(8, 6, IsDeep: false), PictureDecoder.ReadHeader(path, TestPictures.Limit));
        for (int length = 0; length < tiff.Length; length++)
            Assert.Throws<PromptADException>(() => PictureDecoder.Decode(tiff.AsSpan(0, length), TestPictures.Limit));
    }

    [Theory]
    [InlineData(254, 1)] // reduced
    [InlineData(254, 4)] // a mask
    [InlineData(254, 5)]
    [InlineData(255, 2)] // reduced, as it was said before
    public void The_first_full_page_is_read(int tag, int value)
    {
        TiffPicture other = Thumbnail with { Others = [(tag, value)] };
        foreach (bool isBig in (bool[])[false, true])
        {
            Assert.Equal(8, WidthOf(MadePictures.Tiff(isBig, bigEndian: false, other, other, Full, Thumbnail)));
            Assert.Equal(2, WidthOf(MadePictures.Tiff(isBig, bigEndian: false, Thumbnail, Full)));
            Assert.Equal(2, WidthOf(MadePictures.Tiff(isBig, bigEndian: false, other))); // better than nothing
        }
    }

    [Fact]
    public void A_ring_of_pages_ends()
    {
        byte[] tiff = MadePictures.Tiff(isBig: false, bigEndian: false, Thumbnail with { Others = [(254, 1)] });
        int next = 8 + 2 + (12 * 10);
        tiff[next] = 8;
        Assert.Equal(2, WidthOf(tiff));
    }

    [Theory]
    [InlineData(259, 50002, "its compression, JPEG XL (50002), is not supported")]
    [InlineData(259, 34712, "its compression, JPEG 2000 (34712), is not supported")]
    [InlineData(259, 50000, "its compression, Zstandard (50000), is not supported")]
    [InlineData(259, 12345, "its compression, number 12345, is not supported")]
    [InlineData(339, 2, "its samples are signed numbers, which are not supported; save unsigned ones")]
    [InlineData(339, 3, "its samples are floating-point numbers, which are not supported; save unsigned ones")]
    [InlineData(339, 6, "its samples are complex numbers, which are not supported; save unsigned ones")]
    [InlineData(258, 32, "a TIFF with 1 samples of 32 bits is not supported")]
    [InlineData(258, 12, "a TIFF with 1 samples of 12 bits, MINISBLACK, is not supported")]
    public void What_is_not_read_is_named(int tag, int value, string reason)
    {
        byte[] tiff = MadePictures.Tiff(isBig: false, bigEndian: false, new TiffPicture(8, Levels) { Others = [(tag, value)] });
        Assert.Equal(
            $"Cannot read the image: {reason}. Give a PNG, JPEG, BMP, WebP, GIF or TIFF picture.",
            Assert.Throws<PromptADException>(() => PictureDecoder.Decode(tiff, TestPictures.Limit)).Message);
    }

    [Fact]
    public void The_one_order_that_the_reader_does_not_know_is_named() => Assert.Contains(
        "a BigTIFF whose numbers begin with the highest byte is not supported",
        Assert.Throws<PromptADException>(() => WidthOf(MadePictures.Tiff(isBig: true, bigEndian: true, Full))).Message);

    private static int WidthOf(byte[] tiff)
    {
        using Picture picture = PictureDecoder.Decode(tiff, TestPictures.Limit);
        return picture.Width;
    }
}
