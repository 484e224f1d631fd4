using System.Numerics;
using PromptAD.Pictures.Drawing;
using SkiaSharp;

namespace PromptAD.Pictures.Defects;

/// <summary>What a shape does to the layers under it.</summary>
internal sealed record Mark(Outline Shape)
{
    /// <summary>Width of the soft edge, in picture widths.</summary>
    public float Softness { get; init; }

    /// <summary>Colour laid over the product.</summary>
    public Rgb Colour { get; init; }

    /// <summary>Share of <see cref="Colour"/>.</summary>
    public float Opacity { get; init; }

    /// <summary>Factor of brightness.</summary>
    public float Brightness { get; init; } = 1;

    /// <summary>Change of height in picture widths.</summary>
    public float Height { get; init; }

    /// <summary>Gloss of the marked surface, or null to keep it.</summary>
    public float? Gloss { get; init; }

    /// <summary>Cloudiness of the mark, 0 (even) to 1.</summary>
    public float Grain { get; init; }

    /// <summary>True where the mark may reach beyond the product.</summary>
    public bool IsLoose { get; init; }

    public void Apply(Layers layers, Painter painter, float grainOffset)
    {
        ReadOnlySpan<float> cover = painter.Stamp(Shape, Softness, out SKRectI box);
        int size = layers.Size;
        for (int y = box.Top; y < box.Bottom; y++)
        {
            for (int x = box.Left; x < box.Right; x++)
            {
                int i = y * size + x;
                float share = IsLoose ? cover[i] : cover[i] * layers.Product[i];
                if (share <= 0) continue;
                float cloud = 0;
                if (Grain > 0)
                {
                    cloud = Noise.Fractal((float)x / size * 22 + grainOffset, (float)y / size * 22 + grainOffset, 3) - 0.5f;
                    share = Math.Clamp(share * (1 + 2 * Grain * cloud), 0, 1);
                }
                if (Opacity > 0) layers.Tint(i, Colour * (1 + 0.8f * Grain * cloud), share * Opacity);
                if (Brightness != 1) layers.Multiply(i, MathF.Max(0, 1 + (Brightness - 1) * share));
                layers.Height[i] += Height * share;
                if (Gloss is { } gloss) layers.Gloss[i] += (gloss - layers.Gloss[i]) * share;
            }
        }
    }

    /// <summary>A blot: a circle with lobes and a ragged edge, stretched and turned.</summary>
    public static Outline Blot(Rng rng, Vector2 at, float radius, float raggedness, float stretch = 1)
    {
        float offset = rng.Range(10, 90), fine = rng.Range(2, 5);
        Outline shape = Outline.Polar(64, a =>
        {
            (float sin, float cos) = MathF.SinCos(a);
            float lobes = Noise.Value(offset + cos * 1.2f, offset + sin * 1.2f) - 0.5f;
            float n = lobes + 0.4f * (Noise.Value(offset + cos * fine, offset + sin * fine) - 0.5f);
            return radius * MathF.Max(0.15f, 1 + raggedness * 1.6f * n);
        });
        return shape.Moved(Matrix3x2.CreateScale(stretch, 1 / stretch) * Matrix3x2.CreateRotation(rng.Angle())
            * Matrix3x2.CreateTranslation(at));
    }

    /// <summary>A line that wanders: <paramref name="sharpness"/> 0 for a smooth curve, 1 for a jagged one.</summary>
    public static Vector2[] Wander(Rng rng, Vector2 at, float length, float angle, float curve, float sharpness, int points = 24)
    {
        var line = new Vector2[points];
        float turn = rng.Normal() * curve, step = length / (points - 1);
        for (int i = 0; i < points; i++)
        {
            line[i] = at;
            turn += rng.Normal() * curve * 0.35f;
            float direction = angle + turn * (float)i / points + rng.Normal() * sharpness;
            (float sin, float cos) = MathF.SinCos(direction);
            at += step * new Vector2(cos, sin);
        }
        return line;
    }

    /// <summary>A line as a filled shape, widest in the middle and pointed at its ends.</summary>
    public static Outline Tapered(Vector2[] line, float width)
    {
        int last = line.Length - 1;
        var contour = new Vector2[2 * line.Length];
        for (int i = 0; i <= last; i++)
        {
            Vector2 along = Vector2.Normalize(line[Math.Min(i + 1, last)] - line[Math.Max(i - 1, 0)] + new Vector2(1e-6f, 0));
            float half = width / 2 * MathF.Sqrt(MathF.Max(0.02f, MathF.Sin(MathF.PI * i / last)));
            var side = new Vector2(-along.Y, along.X) * half;
            contour[i] = line[i] + side;
            contour[^(i + 1)] = line[i] - side;
        }
        return new Outline([contour]);
    }
}
