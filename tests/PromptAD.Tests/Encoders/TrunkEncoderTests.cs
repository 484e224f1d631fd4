using Google.Protobuf;
using PromptAD.Encoders;
using PromptAD.Encoders.Trunk;
using PromptAD.Memory;
using PromptAD.Onnx;
using PromptAD.Scoring;

namespace PromptAD.Tests.Encoders;

/// <summary>A second encoder behind the port: two convolutions whose layers differ in width and grid, without words.</summary>
public sealed class TrunkEncoderTests
{
    private const int Size = 32, Fine = 8, Coarse = 4, FineWidth = 6, CoarseWidth = 10;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gives_what_the_convolutions_give_one_value_after_the_other(bool isBlueFirst)
    {
        using TrunkEncoder encoder = Open(isBlueFirst);
        byte[] picture = Noise(1);
        PictureFeatures features = encoder.Encode(picture);
        Assert.Equal([Fine * Fine * FineWidth, Fine * Fine * CoarseWidth], features.Memory.Select(rows => rows.Length));
        Assert.Empty(features.Cls);
        float[] fine = Convolve(Scaled(picture, isBlueFirst), 3, Size, FineWidth, Size / Fine, seed: 1);
        float[] coarse = Convolve(fine, FineWidth, Fine, CoarseWidth, Fine / Coarse, seed: 2), rows = Rows(coarse, CoarseWidth);
        var aligned = new float[Fine * Fine * CoarseWidth];
        GridAlignment.Align(rows, new PatchGrid(Coarse), new PatchGrid(Fine), aligned);
        AssertNear(Rows(fine, FineWidth), features.Memory[0]);
        AssertNear(aligned, features.Memory[1]);
    }

    [Fact]
    public void A_memory_of_its_features_finds_what_good_pictures_do_not_show()
    {
        using TrunkEncoder encoder = Open(isBlueFirst: false);
        EncoderInfo info = encoder.Info;
        PictureFeatures[] good = [.. Enumerable.Range(0, 3).Select(seed => encoder.Encode(Plain(seed)))];
        MemoryBank bank = new MemoryBank([], info.Widths, weights: info.Weights)
            .Of(info.Layers.Select((_, layer) => (float[])[.. good.SelectMany(picture => picture.Memory[layer])]));
        byte[] defective = Plain(7);
        for (int y = 8; y < 16; y++) for (int x = 20; x < 28; x++) defective[(y * Size) + x] = 255; // red alone
        var scorer = new PictureScorer(
            info.Grid, image: null, pixel: null, temperature: 1, new ScoringOptions { MapSize = Size, SmoothingSigma = 0 }, scale: null);
        PictureScores Judge(byte[] picture) => scorer.Score(encoder.Encode(picture), bank.VisualMap(encoder.Encode(picture).Memory));
        PictureScores found = Judge(defective), other = Judge(Plain(8));
        Assert.True(found.Image > 3 * other.Image, $"{found.Image} and {other.Image}");
        float[] map = scorer.Map(found);
        int worst = Array.IndexOf(map, map.Max());
        Assert.InRange(worst % Size, 18, 30);
        Assert.InRange(worst / Size, 6, 18);
    }

    [Fact]
    public void Says_what_it_takes_and_gives()
    {
        using TrunkEncoder encoder = Open(isBlueFirst: false);
        Assert.Equal(new PatchGrid(Fine), encoder.Info.Grid);
        Assert.Equal(Size / Fine, encoder.Info.PatchSize);
        Assert.Equal([FineWidth, CoarseWidth], encoder.Info.Widths);
        Assert.Equal([1, 0.5f], encoder.Info.Weights);
        Assert.Equal([100, 110, 120], encoder.Info.FillLevels);
    }

    [Fact]
    public void A_model_that_gives_something_else_is_refused()
    {
        using TrunkEncoder encoder = Open(isBlueFirst: false, coarseWidth: CoarseWidth + 1);
        Assert.Contains("expected", Assert.Throws<PromptADException>(() => encoder.Encode(Noise(1))).Message);
    }

    [Fact]
    public void A_cancelled_run_and_a_disposed_encoder_give_nothing()
    {
        TrunkEncoder encoder = Open(isBlueFirst: false);
        Assert.Throws<OperationCanceledException>(() => encoder.Encode(Noise(1), new CancellationToken(canceled: true)));
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoder.Encode(Noise(1)));
    }

    private static TrunkEncoder Open(bool isBlueFirst, int coarseWidth = CoarseWidth)
    {
        var graph = new GraphProto { Name = "trunk" };
        var appender = new GraphAppender(graph);
        ValueInfoProto Value(string name, params long[] shape)
        {
            var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = new TensorShapeProto() } };
            foreach (long side in shape) type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = side });
            return new ValueInfoProto { Name = name, Type = type };
        }
        string Convolution(string input, int from, int to, int step, int seed) => appender.Node(
            "Conv", [input, appender.Constant(Weights(from, to, step, seed), to, from, step, step)],
            GraphAppender.Attribute("strides", step, step));
        graph.Input.Add(Value("picture", 1, 3, Size, Size));
        string fine = Convolution("picture", 3, FineWidth, Size / Fine, seed: 1);
        string coarse = Convolution(fine, FineWidth, CoarseWidth, Fine / Coarse, seed: 2);
        appender.Rename(fine, "fine");
        appender.Rename(coarse, "coarse");
        graph.Output.Add(Value("fine", 1, FineWidth, Fine, Fine));
        graph.Output.Add(Value("coarse", 1, CoarseWidth, Coarse, Coarse));
        var onnx = new ModelProto { IrVersion = 10, Graph = graph };
        onnx.OpsetImport.Add(new OperatorSetIdProto { Version = 20 });
        return new TrunkEncoder(onnx.ToByteArray(), new TrunkModel(
            "trunk", "hash", Size, "picture", Scaling(isBlueFirst),
            [
                new TrunkLayer("fine", new LayerShape(FineWidth, new PatchGrid(Fine))),
                new TrunkLayer("coarse", new LayerShape(coarseWidth, new PatchGrid(Coarse), Weight: 0.5f)),
            ]));
    }

    private static PixelScaling Scaling(bool isBlueFirst) => new([100, 110, 120], [50, 60, 70], isBlueFirst);

    private static float[] Scaled(byte[] picture, bool isBlueFirst)
    {
        float[] means = [100, 110, 120], deviations = [50, 60, 70], values = new float[picture.Length];
        int plane = Size * Size;
        for (int i = 0; i < values.Length; i++)
        {
            int channel = isBlueFirst ? 2 - (i / plane) : i / plane;
            values[i] = (picture[(channel * plane) + (i % plane)] - means[channel]) / deviations[channel];
        }
        return values;
    }

    /// <summary>The plain sum: (from, side, side) to (to, side / step, side / step).</summary>
    private static float[] Convolve(float[] input, int from, int side, int to, int step, int seed)
    {
        float[] weights = Weights(from, to, step, seed);
        int cells = side / step;
        var output = new float[to * cells * cells];
        for (int o = 0; o < output.Length; o++)
        {
            int channel = o / (cells * cells), top = o / cells % cells * step, left = o % cells * step;
            double sum = 0;
            for (int w = 0; w < from * step * step; w++)
            {
                int source = w / (step * step), y = top + (w / step % step), x = left + (w % step);
                sum += (double)weights[(channel * from * step * step) + w] * input[(source * side * side) + (y * side) + x];
            }
            output[o] = (float)sum;
        }
        return output;
    }

    private static float[] Weights(int from, int to, int step, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, to * from * step * step).Select(_ => (random.NextSingle() - 0.5f) / step)];
    }

    private static float[] Rows(float[] map, int width)
    {
        int patches = map.Length / width;
        return [.. Enumerable.Range(0, map.Length).Select(i => map[(i % width * patches) + (i / width)])];
    }

    private static byte[] Noise(int seed)
    {
        var picture = new byte[3 * Size * Size];
        new Random(seed).NextBytes(picture);
        return picture;
    }

    /// <summary>A slope with a little noise.</summary>
    private static byte[] Plain(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 3 * Size * Size).Select(i => (byte)(60 + (2 * (i % Size)) + random.Next(4)))];
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f);
    }
}
