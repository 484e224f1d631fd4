using System.Buffers.Binary;
using PromptAD.Imaging;
using PromptAD.Tests;
using PromptAD.Tests.Cancellation;

namespace PromptAD.Training.Tests;

/// <summary>Pictures whose adding is cancelled in each of its stages: the trainer is as if they had not been given.</summary>
public sealed class CancelledAddingTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    [Theory]
    [InlineData("plain")]
    [InlineData("poses")]
    [InlineData("tiles")]
    [InlineData("other channels")]
    [InlineData("mask")]
    public void It_stops_in_any_encoder_run(string way)
    {
        var encoder = new CancellingEncoder(tiny.Backbone.OpenEncoder());
        using Backbone cancelling = tiny.Backbone.With(encoder);
        PromptTrainer undisturbed = Trainer(cancelling, way);
        encoder.At(0, () => { });
        undisturbed.AddGood(TinyBackbone.NoiseFrame(1));
        int all = encoder.Runs;
        PromptTrainer trainer = Trainer(cancelling, way);
        for (int run = 1; run <= all; run++)
        {
            using var source = new CancellationTokenSource();
            encoder.At(run, source.Cancel);
            Assert.Throws<OperationCanceledException>(() => trainer.AddGood(TinyBackbone.NoiseFrame(1), source.Token));
            Assert.Equal((run, run - 1, 1), (encoder.Runs, encoder.Finished, trainer.Shots));
        }
        Assert.True(trainer.AddGood(TinyBackbone.NoiseFrame(1)));
        AssertSame(undisturbed, trainer);
    }

    [Fact]
    public void It_stops_while_a_stream_is_read()
    {
        byte[] picture = Png(TinyBackbone.NoiseFrame(1));
        PromptTrainer trainer = tiny.Trainer(shots: 1);
        for (int at = 1; at <= 3; at++)
        {
            using var source = new CancellationTokenSource();
            using var stream = new OneWayStream(picture, read =>
            {
                if (read == at) source.Cancel();
            });
            Assert.Throws<OperationCanceledException>(() => trainer.AddGood(stream, source.Token));
            Assert.Equal((at, 1, false), (stream.Reads, trainer.Shots, stream.IsClosed));
        }
        using var whole = new OneWayStream(picture);
        Assert.True(trainer.AddGood(whole, TestContext.Current.CancellationToken));
        AssertSame(tiny.Trainer(shots: 2), trainer);
    }

    [Fact]
    public void Nothing_is_begun_with_a_token_that_is_cancelled_already()
    {
        var encoder = new CancellingEncoder(tiny.Backbone.OpenEncoder());
        using Backbone counted = tiny.Backbone.With(encoder);
        var trainer = new PromptTrainer(counted, "nut", TinyBackbone.Short());
        var token = new CancellationToken(canceled: true);
        byte[] picture = Png(TinyBackbone.NoiseFrame(1));
        using var stream = new OneWayStream(picture);
        Assert.Throws<OperationCanceledException>(() => trainer.AddGood("missing.png", token));
        Assert.Throws<OperationCanceledException>(() => trainer.AddGood(stream, token));
        Assert.Throws<OperationCanceledException>(() => trainer.AddGood(picture, token));
        Assert.Throws<OperationCanceledException>(() => trainer.AddGood(TinyBackbone.NoiseFrame(1), token));
        Assert.Equal((0, 0, 0), (encoder.Runs, stream.Reads, trainer.Shots));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_picture_with_more_bits_does_not_change_what_was_learned_with_fewer(bool inTiles)
    {
        TrainingOptions options = TinyBackbone.Short() with { Tiles = inTiles ? new Tiling(1, 2) : null };
        var encoder = new CancellingEncoder(tiny.Backbone.OpenEncoder());
        using Backbone cancelling = tiny.Backbone.With(encoder);
        byte[] first = Deep(1, 900), second = Deep(2, 1000), wide = Deep(3, 4000);
        PromptTrainer Trainer()
        {
            var trainer = new PromptTrainer(cancelling, "nut", options);
            Assert.True(trainer.AddGood(first));
            Assert.True(trainer.AddGood(second));
            return trainer;
        }

        PromptTrainer undisturbed = Trainer(), asked = Trainer(), trainer = Trainer();
        encoder.At(0, () => { });
        Assert.True(asked.AddGood(wide));
        int all = encoder.Runs; // those of the earlier pictures, too
        for (int run = 1; run <= all; run++)
        {
            using var source = new CancellationTokenSource();
            encoder.At(run, source.Cancel);
            Assert.Throws<OperationCanceledException>(() => trainer.AddGood(wide, source.Token));
            Assert.Equal((run, run - 1, 2), (encoder.Runs, encoder.Finished, trainer.Shots));
        }
        Assert.Equal(undisturbed.Warnings, trainer.Warnings);
        AssertSame(undisturbed, trainer);
        Assert.False(trainer.AddGood(first)); // is known
        Assert.True(trainer.AddGood(wide));
        AssertSame(asked, trainer);
    }

    private static PromptTrainer Trainer(Backbone backbone, string way)
    {
        TrainingOptions options = TinyBackbone.Short();
        options = way switch
        {
            "poses" => options with { Poses = PoseOptions.Quarter },
            "tiles" => options with { Tiles = new Tiling(1, 2), Scoring = options.Scoring with { MemoryShifts = 2 } },
            "other channels" => options with
            {
                Preprocessing = options.Preprocessing with { QueryChannels = ChannelOrder.Bgr },
                Scoring = options.Scoring with { Fusion = ScoreFusion.CommonScale, WhitenMemory = true, MemoryShifts = 2 },
            },
            _ => options,
        };
        var trainer = new PromptTrainer(backbone, "nut", options)
        {
            Mask = way == "mask" ? new PictureMask(64, 64).Ignore([new(0, 0), new(30, 0), new(0, 30)]) : null,
        };
        trainer.AddGood(TinyBackbone.NoiseFrame(0));
        return trainer;
    }

    private static void AssertSame(PromptTrainer expected, PromptTrainer actual)
    {
        using AnomalyDetector one = expected.Train(), other = actual.Train();
        Assert.Equal((one.Info.Shots, one.SignificantBits, one.Limits), (other.Info.Shots, other.SignificantBits, other.Limits));
        for (int seed = 1; seed < 9; seed += 7)
        {
            Prediction first = one.Predict(TinyBackbone.NoiseFrame(seed)), second = other.Predict(TinyBackbone.NoiseFrame(seed));
            Assert.Equal((first.Score, first.VisualScore, first.TextScore), (second.Score, second.VisualScore, second.TextScore));
            Assert.Equal(first.Map.Values.ToArray(), second.Map.Values.ToArray());
        }
    }

    private static byte[] Png(in CameraFrame frame)
    {
        using var picture = new Picture(frame.Width, frame.Height, gray: false);
        ReadOnlySpan<byte> rgb = frame.Pixels;
        for (int i = 0; i < frame.Width * frame.Height; i++)
        {
            (picture.Pixels[4 * i], picture.Pixels[(4 * i) + 1]) = (rgb[(3 * i) + 2], rgb[(3 * i) + 1]);
            (picture.Pixels[(4 * i) + 2], picture.Pixels[(4 * i) + 3]) = (rgb[3 * i], byte.MaxValue);
        }
        using var encoded = new MemoryStream();
        PictureEncoder.Save(picture, OverlayFormat.Png, encoded);
        return encoded.ToArray();
    }

    /// <summary>An uncompressed 16-bit TIFF of noise that reaches the largest sample.</summary>
    private static byte[] Deep(int seed, int largest)
    {
        const int Side = 32;
        (int Tag, int Value)[] tags =
            [(256, Side), (257, Side), (258, 16), (259, 1), (262, 1), (273, 0), (277, 1), (278, Side), (279, 2 * Side * Side)];
        var tiff = new byte[8 + 2 + (12 * tags.Length) + 4 + (2 * Side * Side)];
        "II*\0"u8.CopyTo(tiff);
        (tiff[4], tiff[8]) = (8, (byte)tags.Length);
        int pixels = tiff.Length - (2 * Side * Side);
        foreach ((int i, (int tag, int value)) in tags.Index())
        {
            Span<byte> entry = tiff.AsSpan(10 + (12 * i), 12);
            BinaryPrimitives.WriteInt16LittleEndian(entry, (short)tag);
            BinaryPrimitives.WriteInt16LittleEndian(entry[2..], 4);
            BinaryPrimitives.WriteInt32LittleEndian(entry[4..], 1);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], tag == 273 ? pixels : value);
        }
        var random = new Random(seed);
        for (int i = 0; i < Side * Side; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(pixels + (2 * i)), (ushort)(i == 0 ? largest : random.Next(largest)));
        return tiff;
    }
}
