namespace PromptAD.Imaging;

/// <summary>
/// Turns a frame into the encoder's input: resized to size x size, squashing the aspect ratio, as 8-bit planes. Safe for concurrent use.
/// </summary>
public sealed class Preprocessor
{
    private const int ProgramSide = 1024;
    private const int SmallestSide = 8; // pixels; of fewer, the encoder would see little but what resizing invents

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
    /// <param name="planes">Receives <see cref="Length"/> levels: (3, size, size).</param>
    public void PrepareReference(in CameraFrame frame, Span<byte> planes) => Prepare(frame, ChannelOrder.Rgb, planes);

    /// <summary>Prepares a picture to be judged: in the order the options ask for (mark Q6).</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="planes">Receives <see cref="Length"/> levels: (3, size, size).</param>
    public void PrepareQuery(in CameraFrame frame, Span<byte> planes) => Prepare(frame, options.QueryChannels, planes);

    /// <summary>Refuses what is too small to be learned from or judged.</summary>
    /// <exception cref="PromptADException">It is.</exception>
    internal void CheckSize(in CameraFrame frame)
    {
        if (Math.Min(frame.Width, frame.Height) < SmallestSide)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"{frame.Name} has {frame.Width} x {frame.Height} pixels, too few to tell a product by; give pictures of at least "
                + $"{SmallestSide} x {SmallestSide} pixels, better of the {Size} x {Size} that the backbone reads.");
        }
    }

    private void Prepare(in CameraFrame frame, ChannelOrder order, Span<byte> planes)
    {
        using Picture resized = Resize(frame, planes.Length);
        Planes.Of(resized, order, planes);
    }

    private Picture Resize(in CameraFrame frame, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, Length);
        if (frame.Width == 0) throw new PromptADException(Problem.OutOfRange, "The frame is empty; give it pixels, a size and a format.");
        CheckSize(frame);
        if (options.Resize == ResizeMode.Direct) return resampler.Resize(frame);
        using Picture between = BilinearResampler.Resize(frame, ProgramSide, ProgramSide);
        return resampler.Resize(between.Frame);
    }
}
