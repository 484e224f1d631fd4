namespace PromptAD.Tests;

public sealed class TilingTests
{
    [Theory]
    [InlineData(2, 3, 100, 90)]
    [InlineData(8, 8, 2048, 2048)]
    [InlineData(1, 2, 57, 16)]
    [InlineData(5, 1, 31, 333)]
    public void Tiles_cover_the_picture_and_overlap_by_a_fifth(int rows, int columns, int width, int height)
    {
        var tiling = new Tiling(rows, columns);
        var pixels = new byte[width * height];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i % 251);
        var frame = new CameraFrame(pixels, width, height, PixelFormat.Gray8);
        double sideX = width / (columns - ((columns - 1) * 0.2)), sideY = height / (rows - ((rows - 1) * 0.2));
        var seen = new bool[pixels.Length];
        for (int tile = 0; tile < tiling.Count; tile++)
        {
            CameraFrame cut = tiling.Cut(frame, tile);
            int left = (int)Math.Round(tile % columns * sideX * 0.8), top = (int)Math.Round(tile / columns * sideY * 0.8);
            Assert.InRange(cut.Width, sideX - 1, sideX + 1);
            Assert.InRange(cut.Height, sideY - 1, sideY + 1);
            for (int y = 0; y < cut.Height; y++)
            {
                int start = ((top + y) * width) + left;
                Assert.True(cut.Row(y).SequenceEqual(pixels.AsSpan(start, cut.Width)));
                seen.AsSpan(start, cut.Width).Fill(true);
            }
        }
        Assert.DoesNotContain(false, seen);
    }

    [Theory]
    [InlineData(PixelFormat.Rgb24, 3, 2)]
    [InlineData(PixelFormat.Gray16, 2, 1)]
    public void A_cut_keeps_format_and_gaps_between_rows(PixelFormat format, int bytes, int gap)
    {
        const int Width = 40, Height = 33;
        int stride = (Width * bytes) + gap;
        var pixels = new byte[(stride * Height) - gap]; // the last row has no gap
        new Random(1).NextBytes(pixels);
        CameraFrame cut = new Tiling(2, 2).Cut(new CameraFrame(pixels, Width, Height, format, stride, 12), 3);
        Assert.Equal((format, 12, stride), (cut.Format, cut.SignificantBits, cut.Stride));
        Assert.True(cut.Row(cut.Height - 1).SequenceEqual(pixels.AsSpan(^(cut.Width * bytes)..)));
    }

    [Theory]
    [InlineData(2, 2, 400, 400)]
    [InlineData(4, 4, 400, 400)]
    [InlineData(8, 8, 400, 242)] // 8 tiles in a row are 6.6 sides long, and the map has at most 1600 pixels along a side
    [InlineData(1, 8, 4096, 620)]
    [InlineData(8, 8, 1, 1)]
    public void The_merged_map_grows_with_the_tiles_up_to_a_bound(int rows, int columns, int mapSize, int side)
    {
        (int found, int step) = new Tiling(rows, columns).MapSteps(mapSize);
        Assert.Equal(side, found);
        Assert.InRange(((Math.Max(rows, columns) - 1) * step) + found, found, Math.Max(1600, mapSize) + 8);
    }

    [Theory]
    [InlineData(9, 2, "Tiles.Rows is 9; it must lie between 1 and 8.")]
    [InlineData(2, 0, "Tiles.Columns is 0; it must lie between 1 and 8.")]
    [InlineData(1, 1, "Tiles of 1 x 1 are the whole picture; ask for more, or leave them out.")]
    public void Numbers_that_cannot_be_are_refused(int rows, int columns, string message) =>
        Assert.Equal(message, Assert.Throws<PromptADException>(new Tiling(rows, columns).Validate).Message);

    [Fact]
    public void Pictures_that_are_too_small_are_refused() => Assert.Equal(
        "The picture is 50 x 200 pixels, too small for 4 x 4 tiles; each needs 16 x 16 pixels. Give larger pictures, or a detector with "
            + "fewer tiles.",
        Assert.Throws<PromptADException>(() => new Tiling(4, 4).Cut(new CameraFrame(new byte[50 * 200], 50, 200, PixelFormat.Gray8), 0).Width.ToString()).Message);
}
