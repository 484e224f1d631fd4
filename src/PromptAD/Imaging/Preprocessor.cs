namespace PromptAD.Imaging;

/// <summary>
/// Turns a frame into the encoder's input: resized to size x size, squashing the aspect ratio; as pixel values, or divided by 255, minus
/// CLIP's mean, over CLIP's deviation. Safe for concurrent use.
/// </summary>
internal sealed class Preprocessor
{
    private const int ProgramSide = 1024;
    private const int SmallestSide = 8; // pixels; of fewer, the encoder would see little but what resizing invents

    /// <summary>CLIP's mean of red, green and blue, of 1.</summary>
    public static readonly float[] Means = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <summary>CLIP's deviation of red, green and blue, of 1.</summary>
    public static readonly float[] Deviations = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>The level next to CLIP's mean of red, green and blue: the colour of what is not to be seen.</summary>
    public static readonly byte[] MeanLevels = [.. Means.Select(mean => (byte)MathF.Round(mean * byte.MaxValue))];

    private static readonly float[] RedLevels = Levels(Means[0], Deviations[0]);
    private static readonly float[] GreenLevels = Levels(Means[1], Deviations[1]);
    private static readonly float[] BlueLevels = Levels(Means[2], Deviations[2]);

    private readonly PreprocessingOptions options;
    private readonly BicubicResampler resampler;

    /// <exception cref="PromptADException">An option is out of its range.</exception>
    public Preprocessor(int size, PreprocessingOptions options)
    {
        options.Validate();
        Size = size;
        this.options = options;
        resampler = new BicubicResampler(size, size);
    }

    /// <summary>The side of the encoder's input in pixels.</summary>
    public int Size { get; }

    /// <summary>The number of values of one picture: 3 x size x size.</summary>
    public int Length => 3 * Size * Size;

    /// <summary>Prepares a picture to learn from: always red, green, blue.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="tensor">Receives <see cref="Length"/> values: (3, size, size).</param>
    public void PrepareReference(in CameraFrame frame, Span<float> tensor) => Prepare(frame, ChannelOrder.Rgb, tensor);

    /// <summary>Prepares a picture to be judged: in the order the options ask for (mark Q6).</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="tensor">Receives <see cref="Length"/> values: (3, size, size).</param>
    public void PrepareQuery(in CameraFrame frame, Span<float> tensor) => Prepare(frame, options.QueryChannels, tensor);

    /// <summary>Prepares a picture to be judged, as pixel values: the encoder has the rest in its weights.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="pixels">Receives <see cref="Length"/> values: (3, size, size).</param>
    public void PrepareQuery(in CameraFrame frame, Span<byte> pixels)
    {
        using Picture resized = Resize(frame, pixels.Length);
        int plane = Size * Size;
        Span<byte> red = pixels[..plane], green = pixels.Slice(plane, plane), blue = pixels[(2 * plane)..];
        if (resized.IsGray)
        {
            resized.Pixels.CopyTo(red);
            red.CopyTo(green);
            red.CopyTo(blue);
            return;
        }
        ReadOnlySpan<byte> bgra = resized.Pixels;
        int first = options.QueryChannels == ChannelOrder.Rgb ? 2 : 0;
        for (int i = 0; i < red.Length; i++)
        {
            ReadOnlySpan<byte> pixel = bgra.Slice(4 * i, 4);
            red[i] = pixel[first];
            green[i] = pixel[1];
            blue[i] = pixel[2 - first];
        }
    }

    private void Prepare(in CameraFrame frame, ChannelOrder order, Span<float> tensor)
    {
        using Picture resized = Resize(frame, tensor.Length);
        ToTensor(resized, order, tensor);
    }

    /// <summary>The encoder's input of a picture of its size.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="order">Which channel becomes the first plane.</param>
    /// <param name="tensor">Receives (3, height, width).</param>
    public static void ToTensor(Picture picture, ChannelOrder order, Span<float> tensor)
    {
        int plane = picture.Width * picture.Height;
        Span<float> red = tensor[..plane], green = tensor.Slice(plane, plane), blue = tensor[(2 * plane)..];
        if (picture.IsGray)
            Normalise(picture.Pixels, red, green, blue);
        else
            Normalise(picture.Pixels, order == ChannelOrder.Rgb ? 2 : 0, red, green, blue);
    }

    /// <summary>The 8-bit picture that an encoder's input was made of, in red-green-blue order, (3, size, size).</summary>
    public static Picture ToPicture(ReadOnlySpan<float> tensor, int size)
    {
        var picture = new Picture(size, size, gray: false);
        int plane = size * size;
        Span<byte> bgra = picture.Pixels;
        for (int i = 0; i < plane; i++)
        {
            bgra[4 * i] = Level(tensor[(2 * plane) + i], BlueLevels);
            bgra[(4 * i) + 1] = Level(tensor[plane + i], GreenLevels);
            bgra[(4 * i) + 2] = Level(tensor[i], RedLevels);
            bgra[(4 * i) + 3] = byte.MaxValue;
        }
        return picture;
    }

    /// <summary>The encoder's input for an 8-bit level of red (0), green (1) or blue (2).</summary>
    public static float InputOf(int channel, byte level) => (channel switch { 0 => RedLevels, 1 => GreenLevels, _ => BlueLevels })[level];

    private static byte Level(float value, float[] levels) =>
        (byte)Math.Clamp(MathF.Round((value - levels[0]) / (levels[255] - levels[0]) * 255), 0, 255);

    /// <summary>Refuses what is too small to be learned from or judged.</summary>
    /// <exception cref="PromptADException">It is.</exception>
    public void CheckSize(in CameraFrame frame)
    {
        if (Math.Min(frame.Width, frame.Height) < SmallestSide)
        {
            throw new PromptADException(
                $"{frame.Name} has {frame.Width} x {frame.Height} pixels, too few to tell a product by; give pictures of at least "
                + $"{SmallestSide} x {SmallestSide} pixels, better of the {Size} x {Size} that the backbone reads.");
        }
    }

    private Picture Resize(in CameraFrame frame, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, Length);
        if (frame.Width == 0) throw new PromptADException("The frame is empty; give it pixels, a size and a format.");
        CheckSize(frame);
        if (options.Resize == ResizeMode.Direct) return resampler.Resize(frame);
        using Picture between = BilinearResampler.Resize(frame, ProgramSide, ProgramSide);
        return resampler.Resize(between.Frame);
    }

    private static void Normalise(ReadOnlySpan<byte> gray, Span<float> red, Span<float> green, Span<float> blue)
    {
        for (int i = 0; i < gray.Length; i++)
        {
            red[i] = RedLevels[gray[i]];
            green[i] = GreenLevels[gray[i]];
            blue[i] = BlueLevels[gray[i]];
        }
    }

    /// <param name="bgra">The pixels.</param>
    /// <param name="first">Which of a pixel's bytes goes to the red plane: 2, or 0 to exchange red and blue.</param>
    /// <param name="red">The first plane.</param>
    /// <param name="green">The second plane.</param>
    /// <param name="blue">The third plane.</param>
    private static void Normalise(ReadOnlySpan<byte> bgra, int first, Span<float> red, Span<float> green, Span<float> blue)
    {
        for (int i = 0; i < red.Length; i++)
        {
            ReadOnlySpan<byte> pixel = bgra.Slice(4 * i, 4);
            red[i] = RedLevels[pixel[first]];
            green[i] = GreenLevels[pixel[1]];
            blue[i] = BlueLevels[pixel[2 - first]];
        }
    }

    /// <summary>The normalised value of each of the 256 levels, in the reference's order of single-precision steps.</summary>
    private static float[] Levels(float mean, float deviation)
    {
        var levels = new float[256];
        for (int i = 0; i < levels.Length; i++) levels[i] = ((i / 255f) - mean) / deviation;
        return levels;
    }
}
