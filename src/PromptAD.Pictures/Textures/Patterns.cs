using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Textures;

/// <summary>Materials that repeat: cloth, meshes, tiles, prints. The pattern is the product's, its place the picture's.</summary>
internal static class Patterns
{
    /// <summary>Two sets of threads, over and under by a rule.</summary>
    public static Texture Woven(Rgb warp, Rgb weft, Rng product, Rng instance, float? count = null)
    {
        float threads = count ?? product.LogRange(14, 48), gap = product.Range(0.05f, 0.3f),
            relief = product.Range(0.25f, 0.6f) / threads * 0.12f;
        int twill = product.Int(1, 4), stripe = product.Chance(0.3f) ? product.Int(3, 9) : 0;
        Rgb accent = Colours.Any(product);
        var place = Place.Draw(instance, 0.02f);
        return (u, v) =>
        {
            (u, v) = place.At(u, v);
            float x = u * threads + 0.12f * Noise.Value(u * 6, v * 30 + 9), y = v * threads + 0.12f * Noise.Value(u * 30 + 5, v * 6);
            float column = MathF.Floor(x), line = MathF.Floor(y), fx = x - column - 0.5f, fy = y - line - 0.5f;
            int phase = twill == 1 ? (int)(column + line) & 1 : Wrap(column - line, twill + 1) == 0 ? 1 : 0;
            bool up = phase == 1;
            float across = up ? fx : fy, along = up ? fy : fx;
            float round = MathF.Max(0, 1 - 4 * across * across * (1 + gap)), arch = 1 - 1.6f * along * along;
            Rgb colour = up ? warp : weft;
            if (stripe > 0 && up && Wrap(column, stripe) == 0) colour = accent;
            float fibre = Noise.Value(x * (up ? 8 : 2), y * (up ? 2 : 8)) - 0.5f;
            float yarn = Noise.Value(column * 1.7f + (up ? 0 : line * 3.1f), line * 0.15f) - 0.5f;
            return new Texel(colour * (0.45f + 0.55f * round * arch + 0.16f * fibre + 0.1f * yarn), relief * round * arch, 0.05f);
        };
    }

    /// <summary>Columns of V-shaped stitches.</summary>
    public static Texture Knitted(Rgb colour, Rng product, Rng instance)
    {
        float stitches = product.LogRange(10, 28), ratio = product.Range(0.7f, 1.3f);
        Rgb second = product.Chance(0.3f) ? Colours.Any(product) : colour;
        int stripe = product.Int(2, 8);
        var place = Place.Draw(instance, 0.03f);
        return (u, v) =>
        {
            (u, v) = place.At(u, v);
            float x = u * stitches, column = MathF.Floor(x), fx = MathF.Abs(x - column - 0.5f) * 2;
            float y = v * stitches * ratio + fx * 0.75f, line = MathF.Floor(y), fy = y - line;
            float body = MathF.Max(0, 1 - 3.2f * (fy - 0.5f) * (fy - 0.5f)) * (0.55f + 0.45f * MathF.Sin(fx * MathF.PI));
            float fibre = Noise.Value(x * 9, y * 9) - 0.5f;
            Rgb yarn = Wrap(line, stripe) == 0 ? second : colour;
            return new Texel(yarn * (0.35f + 0.65f * body + 0.25f * fibre), 0.003f * body, 0);
        };
    }

    /// <summary>A net of wires, or a plate with holes, over what lies below.</summary>
    public static Texture Mesh(Rgb wire, Rgb below, float cells, float width, bool isRound, float gloss, Rng instance)
    {
        var place = Place.Draw(instance, 0.03f);
        return (u, v) =>
        {
            (u, v) = place.At(u, v);
            float x = u * cells, y = v * cells, fx = x - MathF.Floor(x) - 0.5f, fy = y - MathF.Floor(y) - 0.5f;
            float edge = isRound ? MathF.Sqrt(fx * fx + fy * fy) - (0.5f - width)
                : MathF.Max(MathF.Abs(fx), MathF.Abs(fy)) - (0.5f - width);
            float share = Math.Clamp(edge * 60 / MathF.Sqrt(cells) * 2, 0, 1);
            float n = Noise.Fractal(u * 20, v * 20, 2) - 0.5f;
            float rim = Math.Clamp(edge / MathF.Max(width, 0.01f), 0, 1);
            return new Texel(Rgb.Lerp(below * (1 + 0.2f * n), wire * (1 + 0.15f * n), share), share * 0.006f * (0.6f + 0.4f * rim),
                share * gloss);
        };
    }

    /// <summary>Tiles or bricks with joints between them.</summary>
    public static Texture Tiled(Texture face, Rgb joint, float columns, float rows, float jointWidth, bool isBrick, float difference,
        Rng instance)
    {
        var place = Place.Draw(instance, 0.015f);
        return (u, v) =>
        {
            (u, v) = place.At(u, v);
            float y = v * rows, line = MathF.Floor(y), x = u * columns + (isBrick && ((int)line & 1) == 1 ? 0.5f : 0),
                column = MathF.Floor(x);
            float fx = 0.5f - MathF.Abs(x - column - 0.5f), fy = 0.5f - MathF.Abs(y - line - 0.5f);
            float edge = MathF.Min(fx / columns, fy / rows) - jointWidth * (0.9f + 0.3f * Noise.Value(u * 40, v * 40));
            float share = Math.Clamp(edge * 220, 0, 1);
            Texel own = face(u + column * 3.7f, v + line * 5.3f);
            float tone = 1 + difference * (Noise.Value(column * 7.7f + 0.5f, line * 5.9f + 0.5f) - 0.5f);
            float bevel = Math.Clamp(edge * 60, 0, 1);
            Rgb grout = joint * (0.9f + 0.3f * Noise.Value(u * 120, v * 120));
            return new Texel(Rgb.Lerp(grout, own.Colour * tone, share), own.Relief * share + 0.004f * bevel, own.Gloss * share);
        };
    }

    /// <summary>Motifs in rows on paper, film or cloth.</summary>
    public static Texture Printed(Texture ground, Rgb ink, Rng product, Rng instance)
    {
        float count = product.LogRange(3, 12), radius = product.Range(0.15f, 0.4f), duty = product.Range(0.2f, 0.6f);
        int motif = product.Int(0, 5);
        bool isShifted = product.Chance(0.5f);
        var place = Place.Draw(instance, 0.025f);
        return (u, v) =>
        {
            Texel below = ground(u, v);
            (u, v) = place.At(u, v);
            float y = v * count, line = MathF.Floor(y), x = u * count + (isShifted && ((int)line & 1) == 1 ? 0.5f : 0);
            float fx = x - MathF.Floor(x) - 0.5f, fy = y - line - 0.5f;
            float depth = motif switch
            {
                0 => radius - MathF.Sqrt(fx * fx + fy * fy),
                1 => radius - MathF.Abs(fx) - MathF.Abs(fy),
                2 => 0.07f - MathF.Abs(MathF.Sqrt(fx * fx + fy * fy) - radius),
                3 => duty / 2 - MathF.Abs(fy),
                4 => MathF.Max(0.08f - MathF.Abs(fx), 0.08f - MathF.Abs(fy)),
                _ => 0.1f - MathF.Abs(fy - 0.22f * MathF.Sin(MathF.Tau * x)),
            };
            float share = Math.Clamp(depth * 120 / count + 0.5f, 0, 1);
            return below with { Colour = Rgb.Lerp(below.Colour, ink, share * 0.92f) };
        };
    }

    /// <summary>Raised bumps in rows, such as those of a chequer plate, of bubble film or of a studded mat.</summary>
    public static Texture Studded(Texture ground, float count, float length, float width, float height, Rng instance)
    {
        var place = Place.Draw(instance, 0.03f);
        return (u, v) =>
        {
            Texel below = ground(u, v);
            (u, v) = place.At(u, v);
            float x = u * count, y = v * count, column = MathF.Floor(x), line = MathF.Floor(y), fx = x - column - 0.5f,
                fy = y - line - 0.5f;
            bool turned = (((int)column + (int)line) & 1) == 1;
            (float a, float b) = turned ? (fx + fy, fx - fy) : (fx - fy, fx + fy);
            float inside = MathF.Max(0, 1 - a * a / (length * length) - b * b / (width * width));
            return below with { Relief = below.Relief + height * MathF.Sqrt(inside), Colour = below.Colour * (1 + 0.12f * inside) };
        };
    }

    /// <summary>Waves across u: corrugated board, ribbed film, cord.</summary>
    public static Texture Ribbed(Texture ground, float count, float height, float dark, Rng instance)
    {
        var place = Place.Draw(instance, 0.03f);
        return (u, v) =>
        {
            Texel below = ground(u, v);
            (u, v) = place.At(u, v);
            float wave = 0.5f + 0.5f * MathF.Cos(MathF.Tau * (u * count + 0.1f * Noise.Value(v * 4, u * 4)));
            return below with { Relief = below.Relief + height * wave, Colour = below.Colour * (1 - dark * (1 - wave)) };
        };
    }

    internal static int Wrap(float value, int count)
    {
        int rest = (int)value % count;
        return rest < 0 ? rest + count : rest;
    }

    /// <summary>How a pattern lies in one picture: shifted anywhere, turned a little.</summary>
    private readonly record struct Place(float Sin, float Cos, float U, float V)
    {
        public static Place Draw(Rng instance, float turn)
        {
            (float sin, float cos) = MathF.SinCos(instance.Normal() * turn);
            return new Place(sin, cos, instance.Range(20, 60), instance.Range(20, 60));
        }

        public (float U, float V) At(float u, float v) => (u * Cos - v * Sin + U, u * Sin + v * Cos + V);
    }
}
