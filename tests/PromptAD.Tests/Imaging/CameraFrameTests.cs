namespace PromptAD.Tests.Imaging;

public sealed class CameraFrameTests
{
    [Theory]
    [InlineData(PixelFormat.Gray8, 1)]
    [InlineData(PixelFormat.Gray16, 2)]
    [InlineData(PixelFormat.Rgb24, 3)]
    [InlineData(PixelFormat.Bgr24, 3)]
    [InlineData(PixelFormat.Bgra32, 4)]
    [InlineData(PixelFormat.BayerBG8, 1)]
    [InlineData(PixelFormat.BayerRG16, 2)]
    public void Packs_rows_tightly_by_default(PixelFormat format, int bytesPerPixel)
    {
        CameraFrame frame = new(new byte[5 * 7 * bytesPerPixel], 5, 7, format);
        Assert.Equal(5 * bytesPerPixel, frame.Stride);
    }

    [Fact]
    public void The_last_row_needs_no_gap_after_it() => Assert.Equal(2, new CameraFrame(new byte[13], 3, 2, PixelFormat.Gray8, 10).Height);

    [Theory]
    [InlineData(0, 1, PixelFormat.Gray8, 0, 16, "A frame of 0 x 1 pixels cannot be used; each side must be 1 to 65535 pixels.")]
    [InlineData(1, 65536, PixelFormat.Gray8, 0, 16, "A frame of 1 x 65536 pixels cannot be used; each side must be 1 to 65535 pixels.")]
    [InlineData(2, 2, PixelFormat.Rgb24, 5, 16, "A stride of 5 bytes is too short; 2 pixels of Rgb24 take 6 bytes a row.")]
    [InlineData(2, 2, PixelFormat.Rgb24, -6, 16, "A stride of -6 bytes is too short; 2 pixels of Rgb24 take 6 bytes a row.")]
    [InlineData(4, 3, PixelFormat.Gray8, 5, 16, "12 bytes are too few; 4 x 3 pixels of Gray8 with a stride of 5 take 14 bytes.")]
    [InlineData(2, 2, PixelFormat.Gray8, int.MaxValue, 16,
        "12 bytes are too few; 2 x 2 pixels of Gray8 with a stride of 2147483647 take 2147483649 bytes.")]
    [InlineData(2, 2, PixelFormat.Gray16, 0, 7, "7 significant bits were given; a 16-bit frame has 8 to 16.")]
    [InlineData(2, 2, (PixelFormat)99, 0, 16, "Pixel format 99 is unknown; it must be one of Gray8, Gray16, Rgb24, Bgr24, Bgra32, BayerRG8, "
        + "BayerGR8, BayerGB8, BayerBG8, BayerRG16, BayerGR16, BayerGB16, BayerBG16, Mono10p, Mono12p, Mono12Packed, BayerRG10p, BayerGR10p, "
        + "BayerGB10p, BayerBG10p, BayerRG12p, BayerGR12p, BayerGB12p, BayerBG12p, BayerRG12Packed, BayerGR12Packed, BayerGB12Packed, "
        + "BayerBG12Packed.")]
    [InlineData(1, 9, PixelFormat.BayerGB8, 0, 16, "A frame of 1 x 9 pixels is too small for a Bayer filter, which takes 2 x 2.")]
    [InlineData(4, 3, PixelFormat.Mono10p, 4, 16, "A stride of 4 bytes is too short; 4 pixels of Mono10p take 5 bytes a row.")]
    [InlineData(3, 3, PixelFormat.Mono12p, 0, 16, "12 bytes are too few; 3 x 3 pixels of Mono12p with a stride of 5 take 15 bytes.")]
    public void Refuses_what_cannot_be_right(int width, int height, PixelFormat format, int stride, int bits, string message)
    {
        var error = Assert.Throws<PromptADException>(() => { _ = new CameraFrame(new byte[12], width, height, format, stride, bits); });
        Assert.Equal(message, error.Message);
    }
}
