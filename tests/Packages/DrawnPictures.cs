using System.Runtime.CompilerServices;
using System.Text;
using SkiaSharp;

/// <summary>The pictures of the program in docs/csharp.md: two good plates, and one with a scratch. Drawn before it begins.</summary>
internal static class DrawnPictures
{
    [ModuleInitializer]
    internal static void Draw()
    {
        Draw("good-1.png", 100, null);
        Draw("good-2.png", 108, null);
        Draw("image.png", 104, SKColors.Black);
    }

    private static void WritePpm(string path, SKBitmap bitmap)
    {
        using FileStream stream = File.Create(path);
        stream.Write(Encoding.ASCII.GetBytes($"P6\n{bitmap.Width} {bitmap.Height}\n255\n"));
        foreach (SKColor pixel in bitmap.Pixels) stream.Write([pixel.Red, pixel.Green, pixel.Blue]);
    }

    // A camera's: the smallest difference of good parts would be far outside of what drawings without it show.
    private static void AddNoise(SKBitmap bitmap, int seed)
    {
        var random = new Random(seed);
        byte Noisy(byte level, int noise) => (byte)Math.Clamp(level + noise, 0, 255);
        for (int y = 0; y < bitmap.Height; y++)
        {
            for (int x = 0; x < bitmap.Width; x++)
            {
                SKColor color = bitmap.GetPixel(x, y);
                int noise = random.Next(-6, 7);
                bitmap.SetPixel(x, y, new SKColor(Noisy(color.Red, noise), Noisy(color.Green, noise), Noisy(color.Blue, noise)));
            }
        }
    }

    private static void Draw(string path, byte grey, SKColor? scratch)
    {
        using var bitmap = new SKBitmap(240, 240);
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { Color = new SKColor(170, 175, 180), StrokeWidth = 6 };
        canvas.Clear(new SKColor(grey, grey, grey));
        for (int i = 0; i < 36; i++) canvas.DrawCircle(20 + (40 * (i % 6)), 20 + (40 * (i / 6)), 10, paint);
        if (scratch is { } color)
        {
            paint.Color = color;
            canvas.DrawLine(60, 70, 180, 150, paint);
        }
        AddNoise(bitmap, path.Length + grey);
        using FileStream stream = File.Create(path);
        bitmap.Encode(stream, SKEncodedImageFormat.Png, 100);
        if (scratch is not null) WritePpm(Path.ChangeExtension(path, ".ppm"), bitmap);
    }
}
