using PromptAD.Encoders;

namespace PromptAD.Tests.Encoders;

/// <summary>An encoder of one layer whose features are what a patch of 4 x 4 pixels shows: six levels of it. Counts what it encodes.</summary>
/// <param name="hash">What its features are told from others' by.</param>
internal sealed class LevelEncoder(string hash = "levels") : IPatchEncoder
{
    public const int Side = 4, Size = 16, Width = 6;

    public EncoderInfo Info { get; } = new("levels", hash, Size, Size / Side, [new LayerShape(Width, new PatchGrid(Side))], 2, [128, 128, 128]);

    public int Encoded { get; private set; }

    /// <summary>Noise.</summary>
    public static byte[] Picture(int seed)
    {
        var planes = new byte[3 * Size * Size];
        new Random(seed).NextBytes(planes);
        return planes;
    }

    public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        Encoded++;
        for (int place = 0; place < Side * Side; place++)
        {
            for (int i = 0; i < Width; i++)
            {
                int y = (place / Side * 4) + 1 + (i / 3), x = (place % Side * 4) + 1;
                features.Memory[0][(place * Width) + i] = 1 + picture[(i % 3 * Size * Size) + (y * Size) + x];
            }
            (features.Tokens[2 * place], features.Tokens[(2 * place) + 1]) = (picture[place] / 255f, 1);
        }
        (features.Cls[0], features.Cls[1]) = (picture[0] / 255f, 1);
    }

    public void Dispose()
    {
    }
}
