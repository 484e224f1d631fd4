using System.Numerics;
using SkiaSharp;

namespace PromptAD.Pictures.Drawing;

/// <summary>Everything between the lit product and the file: exposure, focus, uneven light, sensor noise, grey, JPEG.</summary>
internal sealed record Camera
{
    public float Exposure { get; init; } = 1;

    public float Contrast { get; init; } = 1;

    /// <summary>Radius of the focus blur, in picture widths.</summary>
    public float Blur { get; init; }

    /// <summary>Standard deviation of the sensor's noise, 0 to 1.</summary>
    public float Noise { get; init; }

    /// <summary>How much darker the corners are.</summary>
    public float Vignette { get; init; }

    /// <summary>Change of brightness across half the picture.</summary>
    public Vector2 Falloff { get; init; }

    public bool IsGrey { get; init; }

    public Rgb WhiteBalance { get; init; } = Rgb.Grey(1);

    /// <summary>JPEG quality, 0 for none.</summary>
    public int Jpeg { get; init; }

    /// <summary>A mirrored lamp: place, direction, half width along and across it, strength.</summary>
    public (Vector2 At, Vector2 Along, Vector2 Radius, float Strength) Glare { get; init; }

    /// <summary>Dark edges of the field of view: left, top, right, bottom, in picture widths.</summary>
    public Vector4 Border { get; init; }

    public uint NoiseSeed { get; init; }

    /// <summary>The camera of a product, and how this one picture came out.</summary>
    /// <param name="product">Fixed for the product.</param>
    /// <param name="instance">Of this picture.</param>
    /// <param name="wear">0 for a calm line, 1 for a rough one.</param>
    public static Camera Draw(Rng product, Rng instance, float wear)
    {
        bool isDark = wear > 0.3f && product.Chance(0.12f);
        float exposure = (isDark ? product.Range(0.2f, 0.45f) : product.Range(0.8f, 1.15f))
            * (1 + instance.Normal() * (0.02f + 0.13f * wear));
        float glare = product.Chance(0.3f * wear) ? product.Range(0.08f, 0.4f) * instance.Range(0, 1) : 0;
        Vector2 glareAt = new(product.Range(-0.1f, 1.1f), product.Range(-0.1f, 1.1f)), glareAlong = product.Direction();
        Vector2 glareRadius = new(product.LogRange(0.1f, 1.2f), product.LogRange(0.05f, 0.3f));
        bool hasBorder = product.Chance(0.3f * wear);
        float Edge() => product.Chance(0.4f) && hasBorder ? product.Range(0.005f, 0.06f) * instance.Range(0.2f, 1.5f) : 0;
        return new Camera
        {
            IsGrey = product.Chance(0.25f),
            Vignette = product.Range(0, 0.35f) * (0.3f + 0.7f * wear),
            Falloff = product.Direction() * product.Range(0, 0.25f) * wear + instance.Direction() * instance.Range(0, 0.12f) * wear,
            WhiteBalance = new Rgb(product.Range(0.93f, 1.05f), 1, product.Range(0.93f, 1.05f)),
            Blur = product.Chance(0.45f) ? product.Range(0, 0.004f) + instance.Range(0, 0.003f) * wear : 0,
            Noise = product.LogRange(0.003f, 0.03f) * instance.Range(0.8f, 1.2f),
            Jpeg = product.Chance(0.45f) ? product.Int(45, 95) : 0,
            Exposure = Math.Max(exposure, 0.15f),
            Contrast = product.Range(0.8f, 1.2f),
            Glare = (glareAt + 0.12f * new Vector2(instance.Normal(), instance.Normal()), glareAlong, glareRadius, glare),
            Border = new Vector4(Edge(), Edge(), Edge(), Edge()),
            NoiseSeed = (uint)instance.Next(),
        };
    }

    /// <summary>The same camera with a lamp switched on.</summary>
    public Camera InGoodLight() => this with { Exposure = 1, Vignette = 0, Border = Vector4.Zero };

    /// <summary>
    /// Takes the picture without compression: <paramref name="lit"/> is changed, <paramref name="rgb"/> gets 3 bytes a
    /// pixel.
    /// </summary>
    public void Expose(Span<float> lit, int size, Span<byte> rgb, float[] line)
    {
        int plane = size * size;
        int radius = (int)MathF.Round(Blur * size), passes = Blur * size < 1 ? 1 : 2;
        if (radius > 0)
            for (int c = 0; c < 3; c++) BoxBlur.Plane(lit.Slice(c * plane, plane), size, radius, passes, line);
        for (int y = 0; y < size; y++)
        {
            float fy = (y + 0.5f) / size;
            ReadOnlySpan<float> noise = Drawing.Noise.Gauss(NoiseSeed + (uint)y * 7919u, 3 * size);
            for (int x = 0; x < size; x++)
            {
                float fx = (x + 0.5f) / size;
                (float gain, float glare) = Illumination(fx, fy);
                int i = y * size + x;
                float r = Tone(lit[i] * gain * WhiteBalance.R + glare);
                float g = Tone(lit[i + plane] * gain + glare);
                float b = Tone(lit[i + 2 * plane] * gain * WhiteBalance.B + glare);
                if (IsGrey) r = g = b = 0.299f * r + 0.587f * g + 0.114f * b;
                rgb[3 * i] = ToByte(r + noise[3 * x] * Noise);
                rgb[3 * i + 1] = ToByte(g + noise[IsGrey ? 3 * x : 3 * x + 1] * Noise);
                rgb[3 * i + 2] = ToByte(b + noise[IsGrey ? 3 * x : 3 * x + 2] * Noise);
            }
        }
    }

    /// <summary>Sends the picture through JPEG, where this camera has it.</summary>
    public unsafe void Compress(Span<byte> rgb, int size, byte[] rgba)
    {
        if (Jpeg == 0) return;
        for (int i = 0; i < size * size; i++)
        {
            rgb.Slice(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
            rgba[4 * i + 3] = 255;
        }
        var info = new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque);
        fixed (byte* pixels = rgba)
        {
            using var source = new SKPixmap(info, (nint)pixels);
            using SKData? data = source.Encode(new SKJpegEncoderOptions(Jpeg));
            using SKCodec codec = SKCodec.Create(data);
            codec.GetPixels(info, (nint)pixels);
        }
        for (int i = 0; i < size * size; i++) rgba.AsSpan(4 * i, 3).CopyTo(rgb.Slice(3 * i, 3));
    }

    private (float Gain, float Glare) Illumination(float x, float y)
    {
        float cx = 2 * x - 1, cy = 2 * y - 1;
        float gain = Exposure * (1 - Vignette * (cx * cx + cy * cy) / 2) * (1 + Falloff.X * cx + Falloff.Y * cy);
        if (Border != Vector4.Zero)
        {
            float inside = MathF.Min(MathF.Min(Inside(x, Border.X), Inside(y, Border.Y)),
                MathF.Min(Inside(1 - x, Border.Z), Inside(1 - y, Border.W)));
            gain *= 0.06f + 0.94f * inside;
        }
        if (Glare.Strength == 0) return (gain, 0);
        Vector2 offset = new Vector2(x, y) - Glare.At;
        float along = Vector2.Dot(offset, Glare.Along) / Glare.Radius.X,
            across = (offset.X * Glare.Along.Y - offset.Y * Glare.Along.X) / Glare.Radius.Y;
        float near = 1 / (1 + along * along + across * across);
        return (gain, Glare.Strength * near * near);
    }

    /// <summary>From 0 in a border of a width to 1 clear of it, with a soft edge.</summary>
    private static float Inside(float distance, float width) => width == 0 ? 1 : Math.Clamp((distance - width) / 0.012f + 0.5f, 0, 1);

    /// <summary>Contrast about middle grey, then a soft shoulder, so that highlights end in white and do not clip at once.</summary>
    private float Tone(float value)
    {
        value = 0.45f * MathF.Max(0, 1 + (value / 0.45f - 1) * Contrast);
        return value < 0.8f ? value : 1 - 0.2f / (1 + (value - 0.8f) * 5);
    }

    private static byte ToByte(float value) => (byte)(Math.Clamp(value, 0, 1) * 255 + 0.5f);
}
