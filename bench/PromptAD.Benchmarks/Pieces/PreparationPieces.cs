using BenchmarkDotNet.Attributes;
using PromptAD.Benchmarks.Ratios;
using PromptAD.Imaging;
using PromptAD.Tests.Imaging;
using SkiaSharp;

namespace PromptAD.Benchmarks.Pieces;

/// <summary>From an encoded picture of 1024 x 1024 to the encoder's input of 240 x 240.</summary>
public class PreparationPieces // not sealed, as BenchmarkDotNet derives from it
{
    private const int Side = 1024, Input = 240;
    private const long MaxPicturePixels = 100_000_000;
    private readonly byte[] jpeg = PredictionWork.Jpeg();
    private readonly byte[] rgb = PredictionWork.Noise(3 * Side * Side);
    private readonly BicubicResampler resampler = new(Input, Input);
    private readonly byte[][,] channels = new byte[3][,];
    private byte[] png = [];

    [GlobalSetup]
    public void Setup()
    {
        using SKBitmap bitmap = SKBitmap.Decode(jpeg);
        using SKData encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        png = encoded.ToArray();
        for (int channel = 0; channel < channels.Length; channel++)
        {
            channels[channel] = new byte[Side, Side];
            for (int i = 0; i < Side * Side; i++) channels[channel][i / Side, i % Side] = rgb[(3 * i) + channel];
        }
    }

    [Benchmark]
    public void DecodeJpeg() => PictureDecoder.Decode(jpeg, MaxPicturePixels).Dispose();

    [Benchmark]
    public void DecodePng() => PictureDecoder.Decode(png, MaxPicturePixels).Dispose();

    [Benchmark]
    public void Resize() => resampler.Resize(new CameraFrame(rgb, Side, Side, PixelFormat.Rgb24)).Dispose();

    /// <summary>The same as it is defined, channel by channel.</summary>
    [Benchmark]
    public byte[][,] ResizePlain() => [.. channels.Select(channel => SlowBicubic.Resize(channel, Input, Input))];
}
