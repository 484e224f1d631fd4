using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PromptAD.Pictures;
using SkiaSharp;

namespace PromptAD.Benchmarks.Server;

/// <summary>A drawn part: a detector that has learned it with the embedded backbone, and JPEGs of it, no two of the same bytes.</summary>
internal sealed class DrawnPart
{
    private const int Size = 256, Shots = 4, Different = 8, Quality = 92;
    private readonly byte[][] pictures;

    /// <param name="backbone">The embedded backbone.</param>
    public DrawnPart(Backbone backbone)
    {
        using var generator = new PictureGenerator(Size);
        var product = new Product(ProductKind.HeldOut[0], Seed: 5, Difficulty: 0.5);
        var trainer = new MemoryTrainer(backbone, product.Kind.Name);
        for (int i = 0; i < Shots; i++) trainer.AddGood(new CameraFrame(Draw(i), Size, Size, PixelFormat.Rgb24));
        using AnomalyDetector trained = trainer.Train();
        Detector = trained.Detector;
        pictures = [.. Enumerable.Range(Shots, Different).Select(i => Jpeg(Draw(i)))];

        byte[] Draw(int item) => generator.DrawClean(product, (ulong)item).Rgb;
    }

    /// <summary>What it has learned.</summary>
    public Detector Detector { get; }

    /// <summary>A picture whose bytes no other number has.</summary>
    public byte[] Picture(long number) => Numbered(pictures[number % Different], number);

    /// <summary>A detector whose file no other number has.</summary>
    public Detector Another(int number) => Detector with { Metadata = Detector.Metadata with { ObjectName = $"part {number}" } };

    /// <summary>A JPEG with a number in a comment, so that its bytes are those of no other.</summary>
    public static byte[] Numbered(byte[] jpeg, long number)
    {
        const int Start = 2, Segment = 12; // FF D8, and then FF FE, the length, the number
        byte[] numbered = new byte[jpeg.Length + Segment];
        jpeg.AsSpan(0, Start).CopyTo(numbered);
        ((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, Segment - 2]).CopyTo(numbered.AsSpan(Start));
        BinaryPrimitives.WriteInt64BigEndian(numbered.AsSpan(Start + 4), number);
        jpeg.AsSpan(Start).CopyTo(numbered.AsSpan(Start + Segment));
        return numbered;
    }

    private static byte[] Jpeg(byte[] rgb)
    {
        byte[] pixels = new byte[4 * Size * Size];
        for (int i = 0; i < Size * Size; i++)
        {
            rgb.AsSpan(3 * i, 3).CopyTo(pixels.AsSpan(4 * i));
            pixels[(4 * i) + 3] = 255;
        }
        using var bitmap = new SKBitmap(Size, Size, SKColorType.Rgba8888, SKAlphaType.Opaque);
        Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using SKData encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return encoded.ToArray();
    }
}
