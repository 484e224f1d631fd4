using PromptAD.Encoders.Clip;
using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class PreprocessorTests
{
    private const int Size = 240;

    // The references hold every 12th pixel in both directions.
    private const int Step = 12;

    [Theory]
    [InlineData("rgb_small", ResizeMode.Direct)]
    [InlineData("palette", ResizeMode.Direct)]
    [InlineData("gray", ResizeMode.Direct)]
    [InlineData("rgb_small", ResizeMode.Through1024)]
    [InlineData("palette", ResizeMode.Through1024)]
    [InlineData("gray", ResizeMode.Through1024)]
    public void Equals_the_reference_tensor(string name, ResizeMode mode)
    {
        float[] expected = TestPictures.FloatsOf($"{name}.{(mode == ResizeMode.Direct ? "direct" : "paper")}.bin");
        using Picture picture = TestPictures.Decode($"{name}.png");
        var planes = new byte[3 * Size * Size];
        new Preprocessor(Size, new PreprocessingOptions { Resize = mode }).PrepareReference(picture.Frame, planes);
        float[] tensor = ClipPixels.Normalise(planes);

        const int Kept = Size / Step;
        for (int i = 0; i < expected.Length; i++)
        {
            int channel = i / (Kept * Kept), y = i / Kept % Kept * Step, x = i % Kept * Step;
            Assert.Equal(expected[i], tensor[(((channel * Size) + y) * Size) + x], 1e-6f);
        }
    }

    [Fact]
    public void Exchanges_red_and_blue_of_queries_only_when_asked()
    {
        var preprocessor = new Preprocessor(1, new PreprocessingOptions { QueryChannels = ChannelOrder.Bgr });
        byte[] reference = new byte[3], query = new byte[3], exchanged = new byte[3];
        byte[] pixels = [.. Enumerable.Repeat((byte[])[10, 20, 30], 8 * 8).SelectMany(pixel => pixel)];
        preprocessor.PrepareReference(new CameraFrame(pixels, 8, 8, PixelFormat.Rgb24), reference);
        preprocessor.PrepareQuery(new CameraFrame(pixels, 8, 8, PixelFormat.Rgb24), query);
        preprocessor.PrepareReference(new CameraFrame(pixels, 8, 8, PixelFormat.Bgr24), exchanged);

        Assert.Equal(exchanged, query);
        Assert.NotEqual(reference, query);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(224)]
    [InlineData(336)]
    public void Fills_any_size(int size)
    {
        var planes = new byte[3 * size * size];
        byte[] white = [.. Enumerable.Repeat(byte.MaxValue, 8 * 8)];
        new Preprocessor(size, new PreprocessingOptions()).PrepareQuery(new CameraFrame(white, 8, 8, PixelFormat.Gray8), planes);
        float[] tensor = ClipPixels.Normalise(planes);

        // White is (1 - mean) / deviation in every place of a plane.
        Assert.All(tensor[..(size * size)], value => Assert.Equal(1.9303f, value, 1e-4f));
        Assert.All(tensor[(2 * size * size)..], value => Assert.Equal(2.1459f, value, 1e-4f));
    }

    [Fact]
    public void A_file_and_a_camera_frame_of_the_same_pixels_give_the_same_tensor()
    {
        using Picture picture = TestPictures.Decode("wide.png");
        var preprocessor = new Preprocessor(32, new PreprocessingOptions());
        byte[] fromFile = new byte[preprocessor.Length], fromCamera = new byte[preprocessor.Length];
        preprocessor.PrepareQuery(picture.Frame, fromFile);
        preprocessor.PrepareQuery(new CameraFrame(TestPictures.Rgb(picture), picture.Width, picture.Height, PixelFormat.Rgb24), fromCamera);

        Assert.Equal(fromFile, fromCamera);
    }

    [Fact]
    public void Refuses_an_empty_frame()
    {
        var preprocessor = new Preprocessor(8, new PreprocessingOptions());
        var error = Assert.Throws<PromptADException>(() => preprocessor.PrepareQuery(default, new byte[preprocessor.Length]));
        Assert.Equal("The frame is empty; give it pixels, a size and a format.", error.Message);
    }

    [Fact]
    public void Refuses_options_out_of_range()
    {
        Assert.Equal("MaxPicturePixels is 0; it must be at least 1.", MessageFor(new PreprocessingOptions { MaxPicturePixels = 0 }));
        Assert.Equal("Resize is 7; it must be Direct or Through1024.", MessageFor(new PreprocessingOptions { Resize = (ResizeMode)7 }));
        Assert.Equal(
            "QueryChannels is 7; it must be Rgb or Bgr.", MessageFor(new PreprocessingOptions { QueryChannels = (ChannelOrder)7 }));
    }

    private static string MessageFor(PreprocessingOptions options) =>
        Assert.Throws<PromptADException>(() => new Preprocessor(8, options)).Message;
}
