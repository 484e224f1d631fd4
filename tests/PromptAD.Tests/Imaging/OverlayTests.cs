using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class OverlayTests
{
    private static readonly AnomalyMap Zero = new(1, 1, [0f]);
    private static readonly AnomalyMap One = new(1, 1, [1f]);
    private static readonly AnomalyMap RightHalf = new(4, 1, [0f, 0f, 1f, 1f]);

    [Fact]
    public void Leaves_the_picture_as_it_is_where_the_map_is_low()
    {
        using Picture picture = TestPictures.Decode("wide.png");
        using Picture overlay = Overlay.Render(picture.Frame, Zero, new OverlayOptions());

        Assert.Equal(TestPictures.Rgb(picture), TestPictures.Rgb(overlay));
    }

    [Fact]
    public void Covers_the_picture_as_far_as_the_opacity_says()
    {
        CameraFrame black = new([0], 1, 1, PixelFormat.Gray8);
        using Picture half = Overlay.Render(black, One, new OverlayOptions { Opacity = 0.5f });
        using Picture full = Overlay.Render(black, One, new OverlayOptions { Opacity = 1 });

        Assert.Equal<byte>([255, 240, 120], TestPictures.Rgb(full));
        Assert.Equal<byte>([128, 120, 60], TestPictures.Rgb(half));
        Assert.Equal(255, full.Pixels[3]);
    }

    [Fact]
    public void Draws_the_outlines_of_regions_unless_they_are_not_wanted()
    {
        CameraFrame black = new(new byte[400], 20, 20, PixelFormat.Gray8);
        Region[] regions = [new(4, 4, 12, 12, 144, 1, 1, 9, 9, [new(4, 4), new(16, 4), new(16, 16), new(4, 16)])];
        using Picture drawn = Overlay.Render(black, Zero, new OverlayOptions(), regions);
        using Picture plain = Overlay.Render(black, Zero, new OverlayOptions { ShowRegions = false }, regions);

        byte[] rgb = TestPictures.Rgb(drawn);
        Assert.Equal(0, rgb[3 * ((10 * 20) + 10)]);
        Assert.True(rgb[(3 * ((10 * 20) + 4)) + 1] > 100 || rgb[(3 * ((10 * 20) + 3)) + 1] > 100);
        Assert.All(TestPictures.Rgb(plain), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Draws_what_a_person_has_marked_in_another_colour_also_without_regions()
    {
        CameraFrame black = new(new byte[400], 20, 20, PixelFormat.Gray8);
        using Picture drawn = Overlay.Render(
            black, Zero, new OverlayOptions { ShowRegions = false, Marks = [[new(4, 4), new(16, 4), new(16, 16), new(4, 16)]] });

        byte[] rgb = TestPictures.Rgb(drawn);
        int edge = 3 * ((10 * 20) + 4), beside = edge - 3;
        Assert.True(Math.Max(rgb[edge], rgb[beside]) > 100 && Math.Max(rgb[edge + 2], rgb[beside + 2]) > 100);
        Assert.Equal((0, 0), (rgb[edge + 1], rgb[beside + 1]));
        Assert.Equal(0, rgb[3 * ((10 * 20) + 10)]);
    }

    [Fact]
    public void Uses_the_fixed_scale()
    {
        CameraFrame black = new([0], 1, 1, PixelFormat.Gray8);
        var map = new AnomalyMap(1, 1, [0.4f]);
        using Picture below = Overlay.Render(black, map, new OverlayOptions { Low = 0.4f, High = 0.9f });
        using Picture above = Overlay.Render(black, map, new OverlayOptions { Low = 0.1f, High = 0.4f });
        using Picture full = Overlay.Render(black, One, new OverlayOptions());

        Assert.Equal<byte>([0, 0, 0], TestPictures.Rgb(below));
        Assert.Equal(TestPictures.Rgb(full), TestPictures.Rgb(above));
    }

    [Theory]
    [InlineData(0.5f, 0)] // at the limit itself
    [InlineData(0.50001f, 45)]
    public void Tints_nothing_below_the_low_end_and_plainly_above(float value, int least)
    {
        foreach (byte gray in (byte[])[0, 90, 200])
        {
            CameraFrame plain = new([gray], 1, 1, PixelFormat.Gray8);
            using Picture overlay = Overlay.Render(plain, new AnomalyMap(1, 1, [value]), new OverlayOptions { Low = 0.5f, High = 0.9f });
            byte[] rgb = TestPictures.Rgb(overlay);
            int change = rgb.Max(channel => Math.Abs(channel - gray));
            if (least == 0) Assert.Equal(0, change);
            else Assert.InRange(change, least, 255);
        }
    }

    [Fact]
    public void Gets_brighter_with_every_value()
    {
        CameraFrame black = new([0], 1, 1, PixelFormat.Gray8);
        double last = -1;
        for (float value = 0; value <= 1; value += 0.05f)
        {
            using Picture overlay = Overlay.Render(black, new AnomalyMap(1, 1, [value]), new OverlayOptions { Opacity = 1 });
            byte[] rgb = TestPictures.Rgb(overlay);
            double luminance = (0.2126 * rgb[0]) + (0.7152 * rgb[1]) + (0.0722 * rgb[2]);
            Assert.True(luminance > last, $"{value}: {luminance} after {last}");
            last = luminance;
        }
    }

    [Fact]
    public void Lays_the_map_over_the_whole_picture()
    {
        CameraFrame black = new(new byte[16 * 4], 16, 4, PixelFormat.Gray8);
        using Picture overlay = Overlay.Render(black, RightHalf, new OverlayOptions { Opacity = 1 });
        byte[] row = TestPictures.Rgb(overlay)[..(16 * 3)];

        // The edge lies between the second and the third of four values: the left 6 pixels are untouched, the right 6 fully covered.
        Assert.All(row[..18], level => Assert.Equal(0, level));
        Assert.Equal(row[30..33], row[45..48]);
        Assert.Equal(255, row[45]);
    }

    [Fact]
    public void Scales_large_pictures_down_and_keeps_small_ones()
    {
        CameraFrame frame = new(new byte[200 * 50], 200, 50, PixelFormat.Gray8);
        using Picture small = Overlay.Render(frame, Zero, new OverlayOptions { MaxSide = 40 });
        using Picture same = Overlay.Render(frame, Zero, new OverlayOptions { MaxSide = 200 });

        Assert.Equal((40, 10), (small.Width, small.Height));
        Assert.Equal((200, 50), (same.Width, same.Height));
    }

    [Theory]
    [InlineData("overlay.png", 0)]
    [InlineData("overlay.JPG", 4)]
    [InlineData("overlay.jpeg", 4)]
    public void Saves_by_extension(string name, int tolerance)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, name);
            CameraFrame frame = new(Enumerable.Repeat<byte>(90, 32 * 32).ToArray(), 32, 32, PixelFormat.Gray8);
            using Picture expected = Overlay.Render(frame, One, new OverlayOptions());
            PictureEncoder.Save(expected, path);
            using Picture saved = PictureDecoder.Decode(path, TestPictures.Limit);

            Assert.All(TestPictures.Rgb(saved).Zip(TestPictures.Rgb(expected)),
                pair => Assert.InRange(pair.First - pair.Second, -tolerance, tolerance));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Refuses_an_extension_it_cannot_write()
    {
        using var picture = new Picture(1, 1, gray: true);
        var error = Assert.Throws<PromptADException>(() => PictureEncoder.Save(picture, "out.gif"));
        Assert.Equal("Cannot write the picture 'out.gif': the extension must be .png, .jpg or .jpeg.", error.Message);
    }

    [Fact]
    public void Places_that_are_not_inspected_are_dark()
    {
        CameraFrame gray = new(Enumerable.Repeat<byte>(90, 8 * 8).ToArray(), 8, 8, PixelFormat.Gray8);
        var map = new AnomalyMap(2, 2, new float[4]);
        bool[] right = [false, true, false, true];
        using Picture overlay = Overlay.Render(gray, map, new OverlayOptions(), inspected: right);
        Assert.Equal([45, 45, 45, 45, 90, 90, 90, 90], Enumerable.Range(0, 8).Select(x => overlay.Row(5)[4 * x]));
        using Picture whole = Overlay.Render(gray, map, new OverlayOptions { ShowMask = false }, inspected: right);
        Assert.Equal(90, whole.Row(5)[0]);
    }

    [Theory]
    [InlineData(null, null, 0.55f, 0.7f)]
    [InlineData(null, 0.9f, 0.55f, 0.9f)] // good parts stay as they were photographed
    [InlineData(null, 0.3f, 0f, 0.3f)]
    [InlineData(0.1f, null, 0.1f, 0.7f)]
    [InlineData(0.8f, null, 0.8f, 1.8f)]
    [InlineData(0.2f, 0.3f, 0.2f, 0.3f)]
    public void What_is_not_given_of_the_scale_is_read_from_good_pictures(float? low, float? high, float first, float last) =>
        Assert.Equal((first, last), new OverlayOptions { Low = low, High = high }.On(low: 0.55f, high: 0.7f).Scale);

    [Fact]
    public void Refuses_options_out_of_range()
    {
        const string Scale = "The overlay's scale runs from 1 to 1; Low must be below High and both finite.";
        Assert.Equal(Scale, MessageFor(new OverlayOptions { Low = 1 }));
        Assert.Contains("NaN", MessageFor(new OverlayOptions { High = float.NaN }));
        Assert.Equal("Opacity is 1.5; it must be 0 to 1.", MessageFor(new OverlayOptions { Opacity = 1.5f }));
        Assert.Equal("MaxSide is 8; it must be 16 to 65535 pixels.", MessageFor(new OverlayOptions { MaxSide = 8 }));
    }

    private static string MessageFor(OverlayOptions options) => Assert.Throws<PromptADException>(
        () => Overlay.Render(new CameraFrame([0], 1, 1, PixelFormat.Gray8), One, options)).Message;
}
