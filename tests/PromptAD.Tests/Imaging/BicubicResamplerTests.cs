using CsCheck;
using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class BicubicResamplerTests
{
    [Theory]
    [InlineData("rgb_small.png")]
    [InlineData("palette.png")]
    [InlineData("gray.png")]
    [InlineData("wide.png")]
    [InlineData("alpha.png")]
    public void Equals_Pillow(string fixture)
    {
        using Picture expected = TestPictures.Decode(fixture.Replace(".png", ".resized.png"));
        using Picture picture = TestPictures.Decode(fixture);
        using Picture resized = new BicubicResampler(expected.Width, expected.Height).Resize(picture.Frame);

        Assert.Equal(TestPictures.Rgb(expected), TestPictures.Rgb(resized));
    }

    [Fact]
    public void Equals_its_slow_twin_for_every_size_format_and_stride() =>
        Gen.Select(RandomFrame.Any, Gen.Int[1, 40], Gen.Int[1, 40]).Sample((random, width, height) =>
        {
            using Picture resized = new BicubicResampler(width, height).Resize(random.Frame);
            byte[] rgb = TestPictures.Rgb(resized);
            for (int channel = 0; channel < 3; channel++)
            {
                byte[,] expected = SlowBicubic.Resize(random.Channel(channel), width, height);
                for (int i = 0; i < width * height; i++) Assert.Equal(expected[i / width, i % width], rgb[(3 * i) + channel]);
            }
        }, iter: 100);

    [Fact]
    public void Leaves_a_picture_of_the_target_size_as_it_is()
    {
        using Picture picture = TestPictures.Decode("wide.png");
        using Picture resized = new BicubicResampler(picture.Width, picture.Height).Resize(picture.Frame);

        Assert.Equal(TestPictures.Rgb(picture), TestPictures.Rgb(resized));
    }

    [Fact]
    public void A_large_frame_that_several_threads_share_equals_the_slow_twin()
    {
        const int Width = 1031, Height = 601;
        var image = new byte[Height, Width];
        var random = new Random(3);
        var rgb = new byte[3 * Width * Height];
        for (int i = 0; i < Width * Height; i++)
        {
            image[i / Width, i % Width] = rgb[3 * i] = (byte)random.Next(256);
            (rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = ((byte)random.Next(256), (byte)random.Next(256));
        }
        using Picture resized = new BicubicResampler(48, 33).Resize(new CameraFrame(rgb, Width, Height, PixelFormat.Rgb24));
        byte[] actual = TestPictures.Rgb(resized);
        byte[,] expected = SlowBicubic.Resize(image, 48, 33);
        for (int i = 0; i < 48 * 33; i++) Assert.Equal(expected[i / 48, i % 48], actual[3 * i]);
    }

    [Fact]
    public void Spreads_a_single_pixel()
    {
        using Picture resized = new BicubicResampler(5, 3).Resize(new CameraFrame([10, 20, 30], 1, 1, PixelFormat.Rgb24));

        Assert.Equal(Enumerable.Repeat(new byte[] { 10, 20, 30 }, 15).SelectMany(c => c), TestPictures.Rgb(resized));
    }

    [Fact]
    public void Resizes_frames_of_changing_sizes_with_one_instance()
    {
        var resampler = new BicubicResampler(9, 9);
        foreach (string fixture in new[] { "wide.png", "gray.png", "wide.png" })
        {
            using Picture picture = TestPictures.Decode(fixture);
            using Picture again = resampler.Resize(picture.Frame);
            using Picture fresh = new BicubicResampler(9, 9).Resize(picture.Frame);
            Assert.Equal(TestPictures.Rgb(fresh), TestPictures.Rgb(again));
        }
    }

    [Fact]
    public void Scales_twelve_bit_grey_to_white()
    {
        // 4095 is white with 12 bits, 2048 half of it; 8191 is more than 12 bits can hold.
        CameraFrame frame = new([0xFF, 0x0F, 0x00, 0x08, 0xFF, 0x1F, 0x00, 0x00], 4, 1, PixelFormat.Gray16, significantBits: 12);
        using Picture resized = new BicubicResampler(4, 1).Resize(frame);

        Assert.Equal<byte>([255, 128, 255, 0], resized.Pixels.ToArray());
    }

    [Fact]
    public void Takes_no_memory_for_the_frame_once_it_is_warm()
    {
        byte[] pixels = new byte[512 * 512 * 3];
        var resampler = new BicubicResampler(64, 64);
        for (int i = 0; i < 3; i++) resampler.Resize(new CameraFrame(pixels, 512, 512, PixelFormat.Rgb24)).Dispose();

        long before = GC.GetAllocatedBytesForCurrentThread();
        resampler.Resize(new CameraFrame(pixels, 512, 512, PixelFormat.Rgb24)).Dispose();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }
}
