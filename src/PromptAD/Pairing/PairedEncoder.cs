using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using PromptAD.Encoders;
using PromptAD.Imaging;

namespace PromptAD.Pairing;

/// <summary>
/// Two encoders as one: what is compared with words comes from the first, the memory's layers from the second. Both see the same picture:
/// the pair reads it in the larger of their sizes, and the other gets it resized from there. Words and layers lie on the finer of their
/// grids.
/// </summary>
internal sealed class PairedEncoder : IPatchEncoder
{
    private readonly Part words, memory;
    private readonly Action dispose;

    /// <param name="words">The encoder of the words; it has some.</param>
    /// <param name="memory">The encoder of the memory.</param>
    /// <param name="dispose">What is done when the pair is disposed.</param>
    public PairedEncoder(IPatchEncoder words, IPatchEncoder memory, Action dispose)
    {
        this.dispose = dispose;
        Info = InfoOf(words.Info, memory.Info);
        this.words = new Part(words, Info.InputSize);
        this.memory = new Part(memory, Info.InputSize);
    }

    /// <inheritdoc/>
    public EncoderInfo Info { get; }

    /// <summary>What a pair takes and gives.</summary>
    public static EncoderInfo InfoOf(EncoderInfo words, EncoderInfo memory)
    {
        PatchGrid grid = words.Grid.Side > memory.Grid.Side ? words.Grid : memory.Grid;
        int size = Math.Max(words.InputSize, memory.InputSize);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{words.Hash}\n{memory.Hash}")));
        return new EncoderInfo(
            $"{words.Id}+{memory.Id}", hash, size, (int)Math.Round((double)size / grid.Side),
            [.. memory.Layers.Select(layer => layer with { Grid = grid })], words.EmbeddingSize, memory.FillLevels);
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        memory.Encode(picture, seen => TakeLayers(seen, features), cancellation);
        words.Encode(picture, seen => TakeWords(seen, features), cancellation);
    }

    private void TakeLayers(PictureFeatures seen, PictureFeatures features)
    {
        foreach ((int layer, float[] rows) in seen.Memory.Index())
            GridAlignment.Align(rows, memory.Info.Grid, Info.Grid, features.Memory[layer]);
    }

    private void TakeWords(PictureFeatures seen, PictureFeatures features)
    {
        seen.Cls.CopyTo(features.Cls, 0);
        GridAlignment.Align(seen.Tokens, words.Info.Grid, Info.Grid, features.Tokens);
        if (words.Info.Grid != Info.Grid) Channels.Normalize(features.Tokens, Info.EmbeddingSize, features.Tokens);
    }

    /// <inheritdoc/>
    public void Dispose() => dispose();

    /// <summary>One of the two.</summary>
    private sealed class Part(IPatchEncoder encoder, int size)
    {
        private readonly ConcurrentBag<PictureFeatures> spare = []; // as many as encodings ever ran at once
        private readonly BicubicResampler? resampler =
            encoder.Info.InputSize == size ? null : new BicubicResampler(encoder.Info.InputSize, encoder.Info.InputSize);

        public EncoderInfo Info => encoder.Info;

        public void Encode(ReadOnlySpan<byte> picture, Action<PictureFeatures> take, CancellationToken cancellation)
        {
            PictureFeatures features = spare.TryTake(out PictureFeatures? known) ? known : PictureFeatures.Room(Info);
            try
            {
                encoder.Encode(resampler is null ? picture : Resized(picture, resampler), features, cancellation);
                take(features);
            }
            finally
            {
                spare.Add(features);
            }
        }

        private byte[] Resized(ReadOnlySpan<byte> picture, BicubicResampler to)
        {
            using Picture whole = Planes.ToPicture(picture, size);
            using Picture resized = to.Resize(whole.Frame);
            var planes = new byte[Info.InputLength];
            Planes.Of(resized, ChannelOrder.Rgb, planes);
            return planes;
        }
    }
}
