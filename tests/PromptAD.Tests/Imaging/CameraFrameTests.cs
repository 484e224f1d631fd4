namespace PromptAD.Tests.Imaging;

public sealed class CameraFrameTests
{
    [Theory]
    [InlineData(PixelFormat.Gray8, 1)]
    [InlineData(PixelFormat.Gray16, 2)]
    [InlineData(PixelFormat.Rgb24, 3)]
    [InlineData(PixelFormat.Bgr24, 3)]
    [InlineData(PixelFormat.Bgra32, 4)]
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
    [InlineData(2, 2, PixelFormat.Gray16, 0, 8, "8 significant bits were given; a 16-bit grey frame has 9 to 16.")]
    [InlineData(2, 2, (PixelFormat)9, 0, 16, "Pixel format 9 is unknown; it must be Gray8, Gray16, Rgb24, Bgr24 or Bgra32.")]
    public void Refuses_what_cannot_be_right(int width, int height, PixelFormat format, int stride, int bits, string message)
    {
        var error = Assert.Throws<PromptADException>(() => { _ = new CameraFrame(new byte[12], width, height, format, stride, bits); });
        Assert.Equal(message, error.Message);
    }
}
