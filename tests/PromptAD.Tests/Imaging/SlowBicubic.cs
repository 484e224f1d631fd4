namespace PromptAD.Tests.Imaging;

/// <summary>The resampler's slow twin: Pillow's bicubic resize of one channel, written as it is defined.</summary>
internal static class SlowBicubic
{
    public static byte[,] Resize(byte[,] image, int width, int height) =>
        Transpose(ResizeRows(Transpose(ResizeRows(image, width)), height));

    private static byte[,] ResizeRows(byte[,] image, int width)
    {
        var resized = new byte[image.GetLength(0), width];
        for (int y = 0; y < image.GetLength(0); y++)
        {
            for (int x = 0; x < width; x++) resized[y, x] = Pixel(image, y, x, (double)image.GetLength(1) / width);
        }
        return resized;
    }

    private static byte Pixel(byte[,] image, int y, int x, double scale)
    {
        double reduction = Math.Max(1, scale), center = (x + 0.5) * scale;
        int first = (int)Math.Max(0, center - (2 * reduction) + 0.5);
        int end = (int)Math.Min(image.GetLength(1), center + (2 * reduction) + 0.5);
        double total = 0, sum = 0;
        for (int i = first; i < end; i++) total += Filter((i + 0.5 - center) / reduction);

        // Weights are multiples of 2^-22, so the sum of their products with bytes is exact in double precision.
        for (int i = first; i < end; i++)
        {
            double weight = Filter((i + 0.5 - center) / reduction) / total;
            sum += image[y, i] * Math.Round(weight * (1 << 22), MidpointRounding.AwayFromZero) / (1 << 22);
        }
        return (byte)Math.Clamp(Math.Floor(sum + 0.5), 0, 255);
    }

    private static double Filter(double x) => Math.Abs(x) switch
    {
        < 1 and var d => (1.5 * d * d * d) - (2.5 * d * d) + 1,
        < 2 and var d => (-0.5 * d * d * d) + (2.5 * d * d) - (4 * d) + 2,
        _ => 0,
    };

    private static byte[,] Transpose(byte[,] image)
    {
        var transposed = new byte[image.GetLength(1), image.GetLength(0)];
        for (int y = 0; y < image.GetLength(0); y++)
        {
            for (int x = 0; x < image.GetLength(1); x++) transposed[x, y] = image[y, x];
        }
        return transposed;
    }
}
