using CsCheck;
using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class BilinearResamplerTests
{
    [Fact]
    public void Stays_within_one_level_of_exact_interpolation() =>
        Gen.Select(RandomFrame.Any, Gen.Int[1, 60], Gen.Int[1, 60]).Sample((random, width, height) =>
        {
            using Picture resized = BilinearResampler.Resize(random.Frame, width, height);
            byte[] rgb = TestPictures.Rgb(resized);
            for (int channel = 0; channel < 3; channel++)
            {
                byte[,] levels = random.Channel(channel);
                for (int i = 0; i < width * height; i++)
                    Assert.InRange(rgb[(3 * i) + channel] - Exact(levels, i % width, i / width, width, height), -1, 1);
            }
        }, iter: 100);

    [Fact]
    public void Takes_single_pixels_when_it_reduces_by_three()
    {
        // Without anti-aliasing only the middle pixel of each three counts.
        using Picture resized = BilinearResampler.Resize(new CameraFrame([9, 40, 9, 9, 80, 9], 6, 1, PixelFormat.Gray8), 2, 1);

        Assert.Equal<byte>([40, 80], resized.Pixels.ToArray());
    }

    private static double Exact(byte[,] levels, int x, int y, int width, int height)
    {
        int lastRow = levels.GetLength(0) - 1, lastColumn = levels.GetLength(1) - 1;
        double fromY = Math.Clamp(((y + 0.5) * (lastRow + 1) / height) - 0.5, 0, lastRow);
        double fromX = Math.Clamp(((x + 0.5) * (lastColumn + 1) / width) - 0.5, 0, lastColumn);
        int top = (int)fromY, left = (int)fromX, bottom = Math.Min(top + 1, lastRow), right = Math.Min(left + 1, lastColumn);
        double upper = double.Lerp(levels[top, left], levels[top, right], fromX - left);
        double lower = double.Lerp(levels[bottom, left], levels[bottom, right], fromX - left);
        return double.Lerp(upper, lower, fromY - top);
    }
}
