using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Pairing;

namespace PromptAD.Tests.Pairing;

public sealed class PairedEncoderTests
{
    [Theory]
    [InlineData(16, 4, 16, 4)]
    [InlineData(16, 4, 24, 8)] // the memory is larger and finer
    [InlineData(24, 8, 16, 4)] // the words are
    [InlineData(24, 4, 16, 8)] // the words are larger, the memory is finer
    public void Words_come_from_the_first_and_layers_from_the_second(int wordSize, int wordSide, int memorySize, int memorySide)
    {
        using StepEncoder words = new("words", wordSize, wordSide, channels: 3, width: 2), memory = new("memory", memorySize, memorySide, 5, 4);
        using var pair = new PairedEncoder(words, memory, () => { });
        int size = Math.Max(wordSize, memorySize), side = Math.Max(wordSide, memorySide);
        Assert.Equal((size, side, 3, size / side), (pair.Info.InputSize, pair.Info.Grid.Side, pair.Info.EmbeddingSize, pair.Info.PatchSize));
        Assert.Equal([4], pair.Info.Widths);
        var picture = new byte[pair.Info.InputLength];
        new Random(1).NextBytes(picture);

        PictureFeatures found = pair.Encode(picture);

        PictureFeatures first = words.Encode(Resized(picture, size, wordSize)), second = memory.Encode(Resized(picture, size, memorySize));
        Assert.Equal(first.Cls, found.Cls);
        float[] layer = new float[side * side * 4], tokens = new float[side * side * 3];
        GridAlignment.Align(second.Memory[0], memory.Info.Grid, pair.Info.Grid, layer);
        GridAlignment.Align(first.Tokens, words.Info.Grid, pair.Info.Grid, tokens);
        Assert.Equal(layer, found.Memory[0]);
        Assert.Equal(wordSide == side ? first.Tokens : Channels.Normalize(tokens, 3), found.Tokens);
    }

    [Fact]
    public void Pairs_are_told_apart_by_both()
    {
        EncoderInfo Info(string hash) => new StepEncoder(hash, 16, 4, 3, 2).Info;
        string[] hashes =
        [
            PairedEncoder.InfoOf(Info("a"), Info("b")).Hash, PairedEncoder.InfoOf(Info("b"), Info("a")).Hash,
            PairedEncoder.InfoOf(Info("a"), Info("c")).Hash, Info("a").Hash,
        ];
        Assert.Equal(4, hashes.Distinct().Count());
    }

    private static byte[] Resized(byte[] planes, int from, int to)
    {
        using Picture whole = Planes.ToPicture(planes, from);
        using Picture resized = new BicubicResampler(to, to).Resize(whole.Frame);
        var result = new byte[3 * to * to];
        Planes.Of(resized, ChannelOrder.Rgb, result);
        return result;
    }

    /// <summary>An encoder whose features are levels of the picture, a few steps from each patch's corner.</summary>
    private sealed class StepEncoder(string hash, int size, int side, int channels, int width) : IPatchEncoder
    {
        public EncoderInfo Info { get; } =
            new(hash, hash, size, size / side, [new LayerShape(width, new PatchGrid(side))], channels, [1, 2, 3]);

        public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
        {
            for (int i = 0; i < features.Memory[0].Length; i++) features.Memory[0][i] = picture[i * 7 % picture.Length];
            for (int i = 0; i < features.Tokens.Length; i++) features.Tokens[i] = 1 + picture[i * 5 % picture.Length];
            Channels.Normalize(features.Tokens, channels, features.Tokens);
            for (int i = 0; i < channels; i++) features.Cls[i] = picture[i];
        }

        public void Dispose()
        {
        }
    }
}
