using CsCheck;
using PromptAD.Imaging;

namespace PromptAD.Tests.Imaging;

public sealed class DeepPictureTests
{
    private static readonly ushort[] Twelve = [.. Enumerable.Range(0, 16 * 12).Select(i => (ushort)(i * 7919 % 4096))];

    [Fact]
    public void Every_filter_order_and_channel_of_a_deep_png_is_read() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 4], Gen.Bool, Gen.Int[0, 1000]).Sample((width, height, channels, isInterlaced, seed) =>
        {
            var samples = new ushort[width * height * channels];
            for (int i = 0; i < samples.Length; i++) samples[i] = (ushort)(new Random(seed + i).Next(1 << 16) | 1);
            using Picture picture = PictureDecoder.Decode(MadePictures.Png16(width, samples, channels, isInterlaced), TestPictures.Limit);
            Assert.Equal((width, height, channels < 3), (picture.Width, picture.Height, picture.IsGray));
            byte[] expected =
            [
                .. from i in Enumerable.Range(0, width * height)
                   from c in Enumerable.Range(0, 3)
                   select (byte)(samples[(i * channels) + (channels < 3 ? 0 : c)] >> 8),
            ];
            Assert.Equal(expected, TestPictures.Rgb(picture));
        }, iter: 100);

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(14)]
    [InlineData(16)]
    public void The_upper_8_of_the_bits_that_are_known_are_taken(int bits)
    {
        ushort[] samples = [.. Twelve.Select(sample => (ushort)(sample >> Math.Max(0, 12 - bits)))];
        byte[] expected = [.. samples.Select(sample => (byte)(sample >> (bits - 8)))];
        byte[] tiff = MadePictures.Tiff(isBig: false, bigEndian: true, new TiffPicture(16, [.. samples.Select(one => (int)one)]));
        Assert.Equal(expected, Gray(MadePictures.Png16(16, samples), new BitDepth(bits)));
        Assert.Equal(expected, Gray(tiff, new BitDepth(bits)));
    }

    [Fact]
    public void Twelve_bits_below_and_above_give_the_same_where_training_looks()
    {
        byte[] low = MadePictures.Png16(16, Twelve), high = MadePictures.Png16(16, [.. Twelve.Select(sample => (ushort)(sample << 4))]);
        Assert.Equal(Gray(high, BitDepth.Alone), Gray(low, BitDepth.Alone));
        Assert.Equal(new BitDepth(12, Measures: true, IsMeasured: true), DepthOf(low, BitDepth.Alone));
        Assert.Equal(16, DepthOf(high, BitDepth.Alone).Bits);
    }

    [Theory]
    [InlineData(12, 4095, 12)] // stated, in the lower bits
    [InlineData(10, 700, 10)]
    [InlineData(16, 65535, 16)]
    [InlineData(10, 5000, 16)] // more than it states: as the PNG specification has it, in the upper bits
    [InlineData(null, 5000, 16)]
    public void A_png_may_state_its_bits(int? stated, int largest, int expected)
    {
        ushort[] samples = [.. Enumerable.Range(0, 64).Select(i => (ushort)(largest - i))];
        byte[] png = MadePictures.Png16(8, samples, before: stated is { } bits ? [("sBIT", [(byte)bits])] : []);
        Assert.Equal(expected, DepthOf(png).Bits);
    }

    [Fact]
    public void A_dark_png_that_holds_its_bits_above_is_not_brightened()
    {
        ushort[] dark = [.. Enumerable.Range(0, 64).Select(i => (ushort)(i << 4))];
        Assert.Equal(16, DepthOf(MadePictures.Png16(8, dark, before: [("sBIT", [12])])).Bits);
        Assert.Equal(16, DepthOf(MadePictures.Png16(8, dark), BitDepth.Alone).Bits);
    }

    [Theory]
    [InlineData(281, 4095, 12)]
    [InlineData(341, 1023, 10)]
    [InlineData(281, 3000, 16)] // of this picture alone
    [InlineData(281, 255, 16)] // not true
    public void A_tiff_may_state_its_bits(int tag, int value, int expected)
    {
        int[] samples = [.. Enumerable.Range(0, 64).Select(i => 900 + i)];
        byte[] tiff = MadePictures.Tiff(isBig: false, bigEndian: false, new TiffPicture(8, samples) { Others = [(tag, value)] });
        Assert.Equal(expected, DepthOf(tiff).Bits);
    }

    [Fact]
    public void Where_0_is_white_it_stays_white()
    {
        int[] samples = [.. Enumerable.Range(0, 64).Select(i => i == 0 ? 0 : i == 1 ? 4095 : 2000 + i)];
        byte[] tiff = MadePictures.Tiff(isBig: false, bigEndian: false, new TiffPicture(8, samples) { Others = [(262, 0), (281, 4095)] });
        Assert.Equal([255, 0], Gray(tiff)[..2]);
    }

    [Fact]
    public void Where_nothing_is_known_of_the_bits_low_samples_are_taken_with_a_warning()
    {
        ushort[] low = [.. Enumerable.Range(4000, 64).Select(i => (ushort)i)], high = [.. Enumerable.Range(40000, 64).Select(i => (ushort)i)];
        Assert.Equal(
            "the image has 16-bit samples that use the lower 12 bits alone, but 65535 was taken as white, which makes it dark. If it has "
            + "fewer bits, say so with PreprocessingOptions.SignificantBits.", WarningOf(low, default));
        Assert.Null(WarningOf(high, default));
        Assert.Null(WarningOf(low, new BitDepth(12)));
        Assert.Null(WarningOf(low, new BitDepth(16)));
        Assert.Null(WarningOf(low, BitDepth.Alone));
        Assert.Null(WarningOf(low, BitDepth.NotBlack));
        Assert.Null(WarningOf(new ushort[64], default));

        static string? WarningOf(ushort[] samples, BitDepth depth)
        {
            using Picture picture = PictureDecoder.Decode(MadePictures.Png16(8, samples), TestPictures.Limit, depth);
            return picture.Warning?.ToString();
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_line()
    {
        byte[] wide = MadePictures.Png16(8, [.. Enumerable.Range(4060, 64).Select(i => (ushort)i)]);
        byte[] ten = MadePictures.Png16(8, [.. Enumerable.Range(900, 64).Select(i => (ushort)i)], before: [("sBIT", [10])]);
        Assert.Equal(
            "the image has a sample of 4123, beyond the 4095 of the 12 significant bits that the detector goes by. Give pictures of 12 bits, "
            + "or train with the number that all of them have, by PreprocessingOptions.SignificantBits.", Refused(wide, new BitDepth(12)));
        Assert.StartsWith(
            "the image has 10 significant bits, but training goes by 12.", Refused(ten, new BitDepth(12, Measures: true)));
        Assert.StartsWith("the image has a sample of 963", Refused(ten[..33].Concat(ten[46..]).ToArray(), new BitDepth(8)));
    }

    [Fact]
    public void Training_takes_the_widest_and_prediction_never_looks()
    {
        byte[] ten = MadePictures.Png16(8, [.. Enumerable.Range(900, 64).Select(i => (ushort)i)]);
        BitDepth depth = DepthOf(ten, BitDepth.Alone);
        Assert.Equal(10, depth.Bits);
        depth = DepthOf(MadePictures.Png16(16, Twelve), depth);
        Assert.Equal(12, depth.Bits);
        Assert.Equal(12, DepthOf(ten, depth).Bits);
        Assert.Equal([3, 3], Gray(ten)[..2]); // as before: 900 of 65535
        Assert.Equal([56, 56], Gray(ten, new BitDepth(12))[..2]);
    }

    [Fact]
    public void Pictures_of_8_bits_fit_everywhere()
    {
        using Picture picture = PictureDecoder.Decode(TestPictures.BytesOf("gray.png"), TestPictures.Limit, new BitDepth(12));
        Assert.Null(picture.Depth);
    }

    [Fact]
    public void A_deep_png_that_is_cut_or_damaged_is_refused()
    {
        byte[] png = MadePictures.Png16(16, Twelve);
        for (int length = 40; length < png.Length - 20; length += 7)
            Assert.EndsWith("is damaged or cut off. Save or copy it again.", Refused(png[..length], default));
        int changed = png.AsSpan().IndexOf("IDAT"u8) + 40;
        png[changed] ^= 0x55;
        Assert.EndsWith("is damaged or cut off. Save or copy it again.", Refused(png, default));
    }

    private static byte[] Gray(byte[] encoded, BitDepth depth = default)
    {
        using Picture picture = PictureDecoder.Decode(encoded, TestPictures.Limit, depth);
        return picture.Pixels.ToArray();
    }

    private static BitDepth DepthOf(byte[] encoded, BitDepth depth = default)
    {
        using Picture picture = PictureDecoder.Decode(encoded, TestPictures.Limit, depth);
        return picture.Depth!.Value;
    }

    private static string Refused(byte[] encoded, BitDepth depth) =>
        Assert.Throws<PromptADException>(() => PictureDecoder.Decode(encoded, TestPictures.Limit, depth)).Message;
}
