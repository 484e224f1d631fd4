using CsCheck;
using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class BayerFramesTests
{
    private static readonly string[] Patterns = ["RGGB", "GRBG", "GBRG", "BGGR"]; // of BayerRG, GR, GB, BG

    [Fact]
    public void Colours_between_are_the_mean_of_their_neighbours() =>
        Gen.Select(Gen.Int[2, 12], Gen.Int[2, 12], Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 5], Gen.Int[8, 16], Gen.Int[0, 99])
            .Sample((width, height, pattern, isDeep, gap, bits, seed) =>
            {
                int size = isDeep ? 2 : 1, stride = (width * size) + gap;
                var bytes = new byte[stride * height];
                new Random(seed).NextBytes(bytes);
                PixelFormat format = (isDeep ? PixelFormat.BayerRG16 : PixelFormat.BayerRG8) + pattern;
                int LevelAt(int x, int y)
                {
                    int at = (y * stride) + (x * size);
                    return isDeep ? Math.Min(255, (bytes[at] | (bytes[at + 1] << 8)) >> (bits - 8)) : bytes[at];
                }

                using Picture picture = BayerFrames.ToPicture(new CameraFrame(bytes, width, height, format, stride, bits))!;
                Assert.Equal(Slow(LevelAt, width, height, Patterns[pattern]), TestPictures.Rgb(picture));
            }, iter: 200);

    [Theory]
    [InlineData(PixelFormat.BayerGR8)]
    [InlineData(PixelFormat.BayerRG12Packed)]
    [InlineData(PixelFormat.Mono10p)]
    public void A_frame_is_saved_as_it_is_judged(PixelFormat format)
    {
        byte[] bytes = new byte[12 * 10 * 2];
        new Random(1).NextBytes(bytes);
        string path = Path.Combine(Path.GetTempPath(), $"promptad-{Guid.NewGuid():N}.png");
        try
        {
            PictureEncoder.Save(new CameraFrame(bytes, 12, 10, format), path);
            using Picture saved = PictureDecoder.Decode(path, 1_000), judged = BayerFrames.ToPicture(new CameraFrame(bytes, 12, 10, format))!;
            Assert.Equal(TestPictures.Rgb(judged), TestPictures.Rgb(saved));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void One_colour_stays_one_colour()
    {
        byte[] mosaic = [.. Enumerable.Range(0, 64).Select(i => (byte)((i / 8 % 2, i % 2) switch { (0, 0) => 200, (1, 1) => 50, _ => 100 }))];
        using Picture picture = BayerFrames.ToPicture(new CameraFrame(mosaic, 8, 8, PixelFormat.BayerRG8))!;
        Assert.All(TestPictures.Rgb(picture).Chunk(3), pixel => Assert.Equal([200, 100, 50], pixel));
    }

    [Theory]
    [InlineData(PixelFormat.Mono10p, 10)]
    [InlineData(PixelFormat.Mono12p, 12)]
    [InlineData(PixelFormat.Mono12Packed, 12)]
    public void Packed_pixels_are_unpacked(PixelFormat format, int bits) =>
        Gen.Select(Gen.Int[1, 13], Gen.Int[1, 4], Gen.Int[0, 3], Gen.Int[0, 99]).Sample((width, height, gap, seed) =>
        {
            var random = new Random(seed);
            int[] levels = [.. Enumerable.Range(0, width * height).Select(_ => random.Next(1 << bits))];
            int rowBytes = ((width * bits) + 7) / 8;
            byte[] bytes = [.. levels.Chunk(width).SelectMany(row => (byte[])[.. Pack(row, format, bits, rowBytes), .. new byte[gap]])];
            using Picture picture = BayerFrames.ToPicture(new CameraFrame(bytes, width, height, format, rowBytes + gap))!;
            Assert.Equal([.. levels.Select(level => (byte)(level >> (bits - 8)))], picture.Pixels.ToArray());
        }, iter: 100);

    [Theory]
    [InlineData(PixelFormat.BayerRG10p, PixelFormat.Mono10p, 10)]
    [InlineData(PixelFormat.BayerRG12p, PixelFormat.Mono12p, 12)]
    [InlineData(PixelFormat.BayerRG12Packed, PixelFormat.Mono12Packed, 12)]
    public void Packed_pixels_behind_a_filter_give_what_their_upper_bits_give(PixelFormat first, PixelFormat gray, int bits) =>
        Gen.Select(Gen.Int[2, 13], Gen.Int[2, 6], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 99])
            .Sample((width, height, pattern, gap, seed) =>
            {
                var random = new Random(seed);
                int[] levels = [.. Enumerable.Range(0, width * height).Select(_ => random.Next(1 << bits))];
                int rowBytes = ((width * bits) + 7) / 8;
                byte[] bytes = [.. levels.Chunk(width).SelectMany(row => (byte[])[.. Pack(row, gray, bits, rowBytes), .. new byte[gap]])];
                using Picture picture = BayerFrames.ToPicture(new CameraFrame(bytes, width, height, first + pattern, rowBytes + gap))!;
                Assert.Equal(
                    Slow((x, y) => levels[(y * width) + x] >> (bits - 8), width, height, Patterns[pattern]), TestPictures.Rgb(picture));
            }, iter: 100);

    /// <summary>Bit by bit, as the standards have it.</summary>
    private static byte[] Pack(int[] row, PixelFormat format, int bits, int length)
    {
        var packed = new byte[length + 3];
        for (int x = 0; x < row.Length; x++)
        {
            for (int bit = 0; bit < bits; bit++)
            {
                int at = format != PixelFormat.Mono12Packed ? (x * bits) + bit
                    : (x / 2 * 24) + (bit >= 4 ? (x % 2 * 16) + bit - 4 : 8 + (x % 2 * 4) + bit);
                packed[at / 8] |= (byte)((row[x] >> bit & 1) << (at % 8));
            }
        }
        return packed[..length];
    }

    private static byte[] Slow(Func<int, int, int> levelAt, int width, int height, string pattern)
    {
        static int Mirrored(int at, int length) => at < 0 ? -at : at >= length ? (2 * length) - 2 - at : at;
        char ColorAt(int x, int y) => pattern[(y % 2 * 2) + (x % 2)];
        var rgb = new List<byte>();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                foreach (char color in "RGB")
                {
                    var same = new List<int>();
                    for (int down = -1; down <= 1; down++)
                    {
                        for (int across = -1; across <= 1; across++)
                        {
                            (int column, int row) = (Mirrored(x + across, width), Mirrored(y + down, height));
                            // Green lies beside every other colour and at its corners, where it is farther away.
                            if (ColorAt(column, row) == color && (color != 'G' || Math.Abs(across) + Math.Abs(down) == 1))
                                same.Add(levelAt(column, row));
                        }
                    }
                    rgb.Add((byte)(ColorAt(x, y) == color ? levelAt(x, y) : (same.Sum() + (same.Count / 2)) / same.Count));
                }
            }
        }
        return [.. rgb];
    }
}
