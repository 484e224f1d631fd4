using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PromptAD.Imaging;

namespace PromptAD.Training.Tests;

/// <summary>Pictures of 16 bits a sample that use fewer.</summary>
public sealed class DepthTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    private const int Side = 32;

    [Fact]
    public void Twelve_bits_in_the_lower_ones_of_files_are_judged_as_in_the_upper_ones_and_as_frames()
    {
        ushort[] good = Noise(1, 4095), bad = Noise(2, 4095), goodAbove = Shifted(good), badAbove = Shifted(bad);
        using AnomalyDetector low = Train(out PromptTrainer trainer, Tiff(good)), high = Train(out PromptTrainer other, Tiff(goodAbove));
        Assert.Equal(
            "the good pictures have 16-bit samples that use the lower 12 bits alone, so 4095 was taken as white. If they have others, "
            + "say so with PreprocessingOptions.SignificantBits; the detector keeps it.", Assert.Single(trainer.Warnings).ToString());
        Assert.Empty(other.Warnings);
        Assert.Equal((12, 16), (low.SignificantBits, high.SignificantBits));
        Assert.Equal(high.Limits, low.Limits);
        float expected = high.Predict(Tiff(badAbove)).Score;
        Assert.Equal(expected, low.Predict(Tiff(bad)).Score);
        Assert.Equal(expected, low.Predict(Frame(bad, 12)).Score);
        byte[] eight = [.. bad.Select(sample => (byte)(sample >> 4))];
        Assert.Equal(expected, low.Predict(new CameraFrame(eight, Side, Side, PixelFormat.Gray8)).Score);

        var fromFrames = new PromptTrainer(tiny.Backbone, "nut", TinyBackbone.Short());
        fromFrames.AddGood(Frame(good, 12));
        using AnomalyDetector ofFrames = fromFrames.Train();
        Assert.Equal(12, ofFrames.SignificantBits);
        Assert.Equal(expected, ofFrames.Predict(Tiff(bad)).Score);
    }

    [Fact]
    public void The_file_keeps_the_bits_in_a_format_that_older_programs_refuse()
    {
        string file = Path.Combine(tiny.Folder, "deep.promptad");
        using (AnomalyDetector detector = Train(out _, Tiff(Noise(1, 4095)))) detector.Save(file);
        Assert.Equal((4, 12), (Detector.Load(file).Metadata.Format, DetectorInfo.Read(file).Preprocessing.SignificantBits));
        using AnomalyDetector loaded = AnomalyDetector.Load(file, tiny.Backbone);
        Assert.Contains("has a sample of 5000, beyond the 4095 of the 12", Refused(() => loaded.Predict(Tiff(Noise(1, 5000)))));
        Assert.StartsWith(
            "The picture has 10 significant bits, but the detector goes by 12.", Refused(() => loaded.Predict(Frame(Noise(1, 1023), 10))));
        Assert.StartsWith("10 significant bits were asked for, but the detector was trained", Refused(() => loaded.SignificantBits = 10));
        loaded.SignificantBits = 12;
        Assert.Contains("SignificantBits is 17; it must be 8 to 16", Refused(() => loaded.SignificantBits = 17));

        using AnomalyDetector full = Train(out _, Tiff(Noise(1, 65535)));
        full.Save(file);
        Assert.Equal((1, 16), (Detector.Load(file).Metadata.Format, full.SignificantBits)); // which older programs read alike
        using AnomalyDetector plain = tiny.Trainer().Train();
        plain.Save(file);
        Assert.Equal((1, null), (Detector.Load(file).Metadata.Format, plain.SignificantBits));
        Assert.DoesNotContain("significant_bits", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)));
    }

    [Fact]
    public void The_widest_of_the_good_pictures_decides_whatever_their_order()
    {
        byte[][] pictures = [Tiff(Noise(1, 1000)), Tiff(Noise(2, 4000)), Tiff(Noise(3, 900))];
        using AnomalyDetector narrowFirst = Train(out PromptTrainer trainer, pictures), asked = Train(out _, 12, pictures);
        Assert.Equal((3, 12), (trainer.Shots, narrowFirst.SignificantBits));
        Assert.Equal(asked.Limits, narrowFirst.Limits);
        byte[] bad = Tiff(Noise(9, 4095));
        Assert.Equal(asked.Predict(bad).Score, narrowFirst.Predict(bad).Score);
    }

    [Fact]
    public void What_was_said_counts_before_what_is_seen()
    {
        using AnomalyDetector stated = Train(out PromptTrainer trainer, Tiff(Noise(1, 900), stated: 4095));
        Assert.Equal((12, 0), (stated.SignificantBits, trainer.Warnings.Count));
        Assert.StartsWith("the image has 10 significant bits", Refused(() => stated.Predict(Tiff(Noise(2, 900), stated: 1023))));
        Assert.StartsWith("the image has 12 significant bits, but training goes by 14.", Refused(
            () => Train(out _, 14, Tiff(Noise(1, 900), stated: 4095))));
        Assert.Contains("has a sample of", Refused(() => Train(out _, 10, Tiff(Noise(1, 4000)))));
    }

    [Fact]
    public void A_detector_of_8_bit_pictures_takes_16_bits_as_always_and_what_is_said()
    {
        using AnomalyDetector detector = tiny.Trainer().Train();
        ushort[] samples = Noise(5, 4095);
        float dark = detector.Predict(Tiff(samples)).Score;
        Assert.Equal(detector.Predict(Frame(samples, 16)).Score, dark);
        float right = detector.Predict(Frame(samples, 12)).Score;
        Assert.NotEqual(dark, right);
        Assert.Equal(right, detector.Predict(Tiff(samples, stated: 4095)).Score);
        detector.SignificantBits = 12;
        Assert.Equal(right, detector.Predict(Tiff(samples)).Score);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void A_picture_of_one_colour_is_refused_by_its_name(byte level)
    {
        byte[] pixels = [.. Enumerable.Repeat(level, Side * Side)];
        string path = Path.Combine(tiny.Folder, $"plain{level}.png");
        PictureEncoder.Save(new CameraFrame(pixels, Side, Side, PixelFormat.Gray8), path);
        var trainer = new PromptTrainer(tiny.Backbone, "nut", TinyBackbone.Short());
        Assert.Equal(
            $"'{path}' has one colour all over, so nothing can be learned from it. Check its exposure, and give pictures of good parts.",
            Refused(() => trainer.AddGood(path)));
        Assert.StartsWith("The picture has one colour", Refused(() => trainer.AddGood(new CameraFrame(pixels, Side, Side, PixelFormat.Gray8))));
        Assert.StartsWith("The picture has one colour", Refused(() => trainer.AddGood(
            new CameraFrame(pixels, Side / 2, Side / 2, PixelFormat.Bgra32))));
        Assert.Equal(0, trainer.Shots);
    }

    [Fact]
    public void Prediction_refuses_what_is_too_small_as_training_does()
    {
        using AnomalyDetector detector = tiny.Trainer().Train();
        Assert.Equal(
            "The picture has 7 x 40 pixels, too few to tell a product by; give pictures of at least 8 x 8 pixels, better of the 64 x 64 that "
            + "the backbone reads.", Refused(() => detector.Predict(new CameraFrame(new byte[280], 7, 40, PixelFormat.Gray8))));
    }

    private AnomalyDetector Train(out PromptTrainer trainer, params byte[][] pictures) => Train(out trainer, null, pictures);

    private AnomalyDetector Train(out PromptTrainer trainer, int? bits, params byte[][] pictures)
    {
        trainer = new PromptTrainer(tiny.Backbone, "nut", TinyBackbone.Short() with
        {
            Preprocessing = new PreprocessingOptions { SignificantBits = bits },
        });
        foreach (byte[] picture in pictures) Assert.True(trainer.AddGood(picture));
        return trainer.Train();
    }

    private static string Refused(Action action) => Assert.Throws<PromptADException>(action).Message;

    /// <summary>Noise that reaches the largest sample.</summary>
    private static ushort[] Noise(int seed, int largest)
    {
        var random = new Random(seed);
        return [(ushort)largest, .. Enumerable.Range(1, (Side * Side) - 1).Select(_ => (ushort)random.Next(largest))];
    }

    private static ushort[] Shifted(ushort[] samples) => [.. samples.Select(sample => (ushort)(sample << 4))];

    private static CameraFrame Frame(ushort[] samples, int bits) =>
        new(MemoryMarshal.AsBytes<ushort>(samples).ToArray(), Side, Side, PixelFormat.Gray16, significantBits: bits);

    /// <summary>An uncompressed TIFF.</summary>
    private static byte[] Tiff(ushort[] samples, int? stated = null)
    {
        (int Tag, int Value)[] tags =
        [
            (256, Side), (257, Side), (258, 16), (259, 1), (262, 1), (273, 0), (277, 1), (278, Side), (279, samples.Length * 2),
            .. stated is { } largest ? ((int, int)[])[(281, largest)] : [],
        ];
        byte[] tiff = [.. "II*\0"u8, 8, 0, 0, 0, (byte)tags.Length, 0, .. new byte[(12 * tags.Length) + 4], .. MemoryMarshal.AsBytes<ushort>(samples)];
        foreach ((int i, (int tag, int value)) in tags.Index())
        {
            Span<byte> entry = tiff.AsSpan(10 + (12 * i), 12);
            BinaryPrimitives.WriteInt16LittleEndian(entry, (short)tag);
            BinaryPrimitives.WriteInt16LittleEndian(entry[2..], 4);
            BinaryPrimitives.WriteInt32LittleEndian(entry[4..], 1);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], tag == 273 ? tiff.Length - (samples.Length * 2) : value);
        }
        return tiff;
    }
}
