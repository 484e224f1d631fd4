using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Textures;

/// <summary>
/// Materials without a pattern. Each takes what is fixed for a product from one generator and what differs between its pictures
/// from the other; coordinates are in parts of the object or of the picture.
/// </summary>
internal static class Materials
{
    /// <summary>One colour with a trace of cloudiness: plastic, paint, rubber, ceramic.</summary>
    public static Texture Plain(Rgb colour, Rng instance, float gloss = 0.3f, float roughness = 0.03f)
    {
        const float frequency = 16, relief = 0.0004f;
        (float ou, float ov) = Offset(instance);
        return (u, v) =>
        {
            float n = Noise.Value(u * frequency + ou, v * frequency + ov) - 0.5f;
            float fine = Noise.Value(u * 110 + ov, v * 110 + ou) - 0.5f;
            return new Texel(colour * (1 + roughness * (n + fine)), relief * n, gloss);
        };
    }

    /// <summary>Clouds between colours in several octaves: stone, concrete, cast metal, foam, felt.</summary>
    public static Texture Cloudy(Rgb dark, Rgb bright, float frequency, int octaves, float relief, float gloss, Rng instance)
    {
        (float ou, float ov) = Offset(instance);
        return (u, v) =>
        {
            float n = Noise.Fractal(u * frequency + ou, v * frequency + ov, octaves);
            float share = Math.Clamp((n - 0.5f) * 1.8f + 0.5f, 0, 1);
            return new Texel(Rgb.Lerp(dark, bright, share), relief * n, gloss);
        };
    }

    /// <summary>Grains of some colours in a ground: granite, terrazzo, rubber crumb.</summary>
    public static Texture Speckled(Rgb ground, Rgb[] grains, float frequency, float amount, float gloss, Rng instance)
    {
        (float ou, float ov) = Offset(instance);
        return (u, v) =>
        {
            float bend = Noise.Value(u * 25 + ov, v * 25 + ou) * 0.6f;
            var cell = Noise.Cells(u * frequency + ou + bend, v * frequency + ov + bend);
            float n = Noise.Fractal(u * 30 + ou, v * 30 + ov, 3) - 0.5f;
            float inside = Math.Clamp((amount - cell.Nearest) * 9, 0, 1);
            Rgb grain = grains[Math.Min((int)(cell.Id * grains.Length), grains.Length - 1)];
            return new Texel(Rgb.Lerp(ground, grain, inside) * (1 + 0.25f * n), 0.0004f * n, gloss);
        };
    }

    /// <summary>Skin of cells with creases between them: leather and its imitations.</summary>
    public static Texture Leather(Rgb colour, Rng product, Rng instance)
    {
        float frequency = product.LogRange(16, 45), crease = product.Range(0.0008f, 0.0026f), gloss = product.Range(0.1f, 0.5f);
        float stretch = product.Range(0.6f, 1f), dark = product.Range(0.05f, 0.35f), angle = product.Angle();
        (float ou, float ov) = Offset(instance);
        (float sin, float cos) = MathF.SinCos(angle + instance.Range(-0.2f, 0.2f));
        return (u, v) =>
        {
            (u, v) = (u * cos - v * sin, (u * sin + v * cos) * stretch);
            float bend = Noise.Value(u * frequency * 0.4f + ov, v * frequency * 0.4f + ou) * 1.5f;
            var cell = Noise.Cells(u * frequency + ou + bend, v * frequency + ov - bend);
            var fine = Noise.Cells(u * frequency * 2.3f + ov, v * frequency * 2.3f + ou);
            float groove = MathF.Max(0, 1 - (cell.Second - cell.Nearest) * 3.2f),
                small = MathF.Max(0, 1 - (fine.Second - fine.Nearest) * 3);
            float clouds = Noise.Fractal(u * 4 + ou, v * 4 + ov, 2) - 0.5f;
            float shade = 1 - dark * groove * groove + 0.2f * clouds - 0.06f * small;
            return new Texel(colour * shade, -crease * (groove + 0.35f * small), gloss * (1 - groove));
        };
    }

    /// <summary>
    /// Lines along u, <paramref name="length"/> times longer than wide: brushed and drawn metal, rolled plates, sintered
    /// tiles.
    /// </summary>
    public static Texture Streaked(Rgb colour, float frequency, float length, float depth, float gloss, Rng instance,
        float unevenness = 0.2f)
    {
        (float ou, float ov) = Offset(instance);
        return (u, v) =>
        {
            float along = u * frequency / length + ou;
            float n = Noise.Value(along, v * frequency + ov) * 0.38f + Noise.Value(along * 1.7f + 31, v * frequency * 2.6f + ou) * 0.42f
                + Noise.Value(along * 0.3f, v * frequency * 0.25f + ou) * 0.2f - 0.5f;
            float clouds = Noise.Fractal(u * 2.5f + ov, v * 2.5f + ou, 3) - 0.5f;
            return new Texel(colour * (1 + depth * 2 * n + unevenness * clouds), 0.0012f * depth * n, gloss * (1 + 0.6f * n));
        };
    }

    /// <summary>Year rings cut along the trunk, fibres, now and then a knot.</summary>
    public static Texture Wood(Rng product, Rng instance)
    {
        Rgb bright = Rgb.FromHsv(product.Range(0.05f, 0.11f), product.Range(0.3f, 0.6f), product.Range(0.55f, 0.85f));
        Rgb dark = bright * product.Range(0.55f, 0.8f);
        float rings = product.LogRange(5, 22), wave = product.Range(0.03f, 0.14f), fibre = product.Range(0.08f, 0.25f);
        float gloss = product.Range(0, 0.4f), angle = product.Chance(0.5f) ? 0 : MathF.PI / 2;
        (float ou, float ov) = Offset(instance);
        (float sin, float cos) = MathF.SinCos(angle + instance.Normal() * 0.03f);
        return (u, v) =>
        {
            (u, v) = (u * cos - v * sin, u * sin + v * cos);
            float bend = Noise.Fractal(u * 0.9f + ou, v * 2.2f + ov, 2) + 0.12f * Noise.Value(u * 6 + ou, v * 12 + ov);
            float ring = (v + wave * 6 * bend) * rings + ov;
            float saw = ring - MathF.Floor(ring);
            float late = saw * saw * (saw < 0.92f ? 1 : (1 - saw) * 12.5f);
            float fibres = Noise.Value(u * 9 + ov, v * 130 + ou) - 0.5f;
            float pores = MathF.Max(0, Noise.Value(u * 14 + ou, v * 170 + ov) - 0.78f) * 2.2f;
            return new Texel(Rgb.Lerp(bright, dark, late) * (1 + fibre * fibres - pores), 0.0008f * (fibres - 2 * pores), gloss);
        };
    }

    /// <summary>Ends of fibres: carpet, felt, velvet, brush.</summary>
    public static Texture Pile(Rgb colour, Rng product, Rng instance)
    {
        float frequency = product.LogRange(28, 70), rows = product.Chance(0.5f) ? product.LogRange(12, 40)
            : 0, depth = product.Range(0.25f, 0.6f);
        Rgb second = product.Chance(0.4f) ? Colours.Any(product) : colour * product.Range(0.7f, 0.95f);
        (float ou, float ov) = Offset(instance);
        return (u, v) =>
        {
            var cell = Noise.Cells(u * frequency + ou, v * frequency + ov);
            float fine = Noise.Value(u * 150 + ov, v * 150 + ou) - 0.5f;
            float row = rows > 0 ? 0.5f + 0.5f * MathF.Cos(MathF.Tau * (v * rows + 0.3f * Noise.Value(u * 8 + ou, v * 8))) : 0.5f;
            float tuft = MathF.Max(0, 1 - cell.Nearest * 1.3f);
            Rgb yarn = cell.Id < 0.3f ? second : colour;
            return new Texel(yarn * (1 - depth + depth * (tuft + 0.6f * row) + 0.3f * fine), 0.002f * (tuft + row), 0);
        };
    }

    /// <summary>Where in the endless material a picture looks; every picture of a product elsewhere.</summary>
    internal static (float U, float V) Offset(Rng instance) => (instance.Range(0, 200), instance.Range(0, 200));
}
