using System.Numerics;
using PromptAD.Pictures.Drawing;
using PromptAD.Pictures.Textures;

namespace PromptAD.Pictures.Kinds;

/// <summary>Things for people: to wear, to eat, to use.</summary>
internal static class Goods
{
    public static void Button(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Any(product);
        int holes = product.Chance(0.5f) ? 4 : 2;
        float rim = product.Range(0.05f, 0.14f), gloss = product.Range(0.3f, 1), hole = product.Range(0.035f, 0.06f),
            marble = product.Range(0, 0.3f);
        scene.Describe(colour);
        Placement.Lay(scene, product, instance, s =>
        {
            Texture body = Materials.Cloudy(colour * (1 - marble), colour, 5, 3, 0, gloss, instance);
            s.Body(Outline.Disc(0.5f), body, Profile.Bevel(0.09f, rim));
            s.Body(Outline.Disc(0.47f - rim), body, Profile.Flat(0.06f));
            for (int n = 0; n < holes; n++)
            {
                (float sin, float cos) = MathF.SinCos(MathF.Tau * (n + 0.5f) / holes);
                s.Detail(Outline.Disc(hole), Materials.Plain(Rgb.Grey(0.06f), instance, 0), Profile.Flat(),
                    Matrix3x2.CreateTranslation(0.13f * cos, 0.13f * sin));
            }
        }, most: 9);
    }

    public static void Coin(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        float gloss = product.Range(0.4f, 1);
        int rays = product.Int(4, 12);
        Outline star = Outline.Polar(96, a => 0.2f + 0.08f * MathF.Cos(rays * a)), word = Glyphs.Word(product, 3, 0.13f, 0.03f);
        bool hasHole = product.Chance(0.2f);
        scene.Describe("metal");
        Placement.Lay(scene, product, instance, s =>
        {
            Texture face = Materials.Cloudy(metal * 0.85f, metal, 6, 4, 0.001f, gloss, instance);
            s.Body(hasHole ? Outline.Ring(0.5f, 0.09f) : Outline.Disc(0.5f), face, Profile.Bevel(0.05f, 0.02f));
            s.Body(Outline.Ring(0.45f, hasHole ? 0.12f : 0.0f), face, Profile.Flat(0.035f));
            s.Detail(hasHole ? star.With(Outline.Disc(0.12f)) : star, face, Profile.Bevel(0.02f, 0.015f).On(0.035f));
            if (!hasHole) s.Detail(word, Materials.Plain(metal * 0.8f, instance, gloss), Profile.Bevel(0.012f, 0.01f).On(0.055f));
        }, most: 6);
    }

    public static void Kernel(Scene scene, Rng product, Rng instance)
    {
        Rgb shell = Colours.Earth(product);
        float width = product.Range(0.6f, 0.98f), point = product.Range(0, 0.12f), lines = product.Range(0.05f, 0.3f),
            frequency = product.Range(8, 25);
        scene.Describe(shell);
        Placement.Lay(scene, product, instance, s =>
        {
            float squash = width * instance.Range(0.93f, 1.05f), lump = instance.Range(0, 9);
            Outline shape = Outline.Polar(64, a => 0.46f + point * MathF.Pow(MathF.Max(0, MathF.Cos(a)), 8) + 0.03f
                * (Noise.Value(2 + MathF.Cos(a) + lump, 2 + MathF.Sin(a)) - 0.5f))
                .Moved(Matrix3x2.CreateScale(1, squash));
            s.Body(shape, Materials.Streaked(shell, frequency, 4, lines, 0.25f, instance, 0.4f), Profile.Dome(squash * 0.42f));
            s.Detail(Outline.Ellipse(0.1f, 0.2f * squash), Materials.Cloudy(shell * 0.9f, shell * 1.35f, 20, 3, 0.004f, 0, instance),
                Profile.Dome(0.05f).On(squash * 0.2f), Matrix3x2.CreateTranslation(-0.36f, 0));
        }, most: 6, aspect: width, isRound: false);
    }

    public static void Sweet(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Any(product), second = Colours.Any(product);
        int lobes = product.Int(0, 8);
        float depth = lobes < 2 ? 0 : product.Range(0.02f, 0.07f), height = product.Range(0.15f, 0.4f), gloss = product.Range(0.2f, 1);
        bool hasSwirl = product.Chance(0.4f);
        scene.Describe(colour);
        Placement.Lay(scene, product, instance, s =>
        {
            Texture plain = Materials.Plain(colour, instance, gloss, 0.06f);
            Texture swirl = (u, v) =>
            {
                float turn = MathF.Sin(4 * MathF.Atan2(v, u) + 14 * MathF.Sqrt(u * u + v * v));
                Texel texel = plain(u, v);
                return texel with { Colour = Rgb.Lerp(texel.Colour, second, Math.Clamp(turn * 4, 0, 1)) };
            };
            s.Body(Outline.Polar(72, a => 0.5f - depth + depth * MathF.Cos(lobes * a)), hasSwirl ? swirl
                : plain, Profile.Bevel(height, 0.35f));
        }, most: 9);
    }

    public static void Key(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        int cuts = product.Int(4, 7);
        float bow = product.Range(0.15f, 0.2f), blade = product.Range(0.05f, 0.08f), gloss = product.Range(0.4f, 0.9f);
        var edge = new List<Vector2> { new(-0.2f, -blade), new(0.47f, -blade), new(0.5f, 0) };
        for (int n = cuts - 1; n >= 0; n--)
        {
            float x = -0.02f + 0.46f * n / cuts, step = 0.46f / cuts, dip = blade * product.Range(0.1f, 1);
            edge.AddRange([new(x + step, blade), new(x + step * 0.6f, dip), new(x + step * 0.3f, dip)]);
        }
        edge.Add(new(-0.2f, blade));
        scene.Describe("metal");
        Placement.Lay(scene, product, instance, s =>
        {
            Texture steel = Materials.Streaked(metal, 50, 10, 0.12f, gloss, instance);
            s.Body(Outline.Polygon([.. edge]), steel, Profile.Bevel(0.05f, 0.015f));
            s.Body(Outline.Disc(bow).With(Outline.Disc(bow * 0.35f).Moved(Matrix3x2.CreateTranslation(-bow * 0.4f, 0))), steel,
                Profile.Bevel(0.06f, 0.02f), Matrix3x2.CreateTranslation(-0.5f + bow, 0));
            s.Detail(Outline.Rectangle(0.6f, blade * 0.3f), Materials.Plain(metal * 0.6f, instance, gloss), Profile.Flat(0.03f),
                Matrix3x2.CreateTranslation(0.12f, -blade * 0.4f));
        }, most: 3, aspect: 0.4f, isRound: false);
    }

    public static void Brush(Scene scene, Rng product, Rng instance)
    {
        Rgb handle = Colours.Any(product), first = Colours.Any(product), second = Colours.Any(product);
        int columns = product.Int(7, 12), rows = product.Int(3, 5);
        float width = 0.09f * rows, radius = MathF.Min(0.38f / columns, 0.035f);
        scene.Describe(handle);
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Rectangle(1, width + 0.06f, width * 0.4f), Materials.Plain(handle, instance, 0.5f), Profile.Bevel(0.08f, 0.06f));
            for (int n = 0; n < columns * rows; n++)
            {
                int column = n % columns, row = n / columns;
                Rgb colour = (column + row) % 3 == 0 ? second : first;
                var at = new Vector2(((column + 0.5f) / columns - 0.5f) * 0.9f, (row - (rows - 1) / 2f) * 0.085f);
                var lean = new Vector2(instance.Normal(), instance.Normal()) * 0.006f;
                s.Detail(Outline.Disc(radius), Materials.Cloudy(colour * 0.5f, colour * 1.1f, 90, 2, 0.01f, 0.1f, instance),
                    Profile.Dome(0.06f).On(0.14f), Matrix3x2.CreateTranslation(at + lean));
            }
        }, most: 2, aspect: width, isRound: false);
    }

    // Kept from pretraining.

    public static void Biscuit(Scene scene, Rng product, Rng instance)
    {
        Rgb dough = Rgb.FromHsv(product.Range(0.07f, 0.1f), product.Range(0.4f, 0.65f), product.Range(0.6f, 0.85f));
        int scallops = product.Int(16, 30), holes = product.Int(5, 9);
        float width = product.Chance(0.5f) ? 1 : product.Range(0.65f, 0.85f);
        scene.Describe(dough);
        Placement.Lay(scene, product, instance, s =>
        {
            Texture crust = Materials.Cloudy(dough * 0.72f, dough, 7, 5, 0.008f, 0.05f, instance);
            s.Body(Outline.Polar(scallops * 8, a => 0.475f + 0.022f * MathF.Cos(scallops * a)).Moved(Matrix3x2.CreateScale(1, width)),
                crust, Profile.Bevel(0.09f, 0.07f));
            for (int n = 0; n <= holes; n++)
            {
                (float sin, float cos) = MathF.SinCos(MathF.Tau * n / holes);
                float reach = n == holes ? 0 : 0.26f;
                s.Detail(Outline.Disc(0.024f), Materials.Plain(dough * 0.4f, instance, 0), Profile.Flat(0.05f),
                    Matrix3x2.CreateTranslation(reach * cos, reach * sin * width));
            }
        }, most: 4, aspect: width);
    }

    public static void WovenLabel(Scene scene, Rng product, Rng instance)
    {
        Rgb cloth = Colours.Any(product), ink = Colours.Apart(product, cloth);
        float width = product.Range(0.4f, 0.7f);
        Outline word = Glyphs.Word(product, product.Int(3, 5), product.Range(0.14f, 0.2f), product.Range(0.025f, 0.04f));
        ulong weave = product.Next();
        scene.Describe(cloth);
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Rectangle(1, width), Patterns.Woven(cloth, cloth * 0.85f, new Rng(weave), instance, 60),
                Profile.Bevel(0.02f, 0.02f));
            s.Print(Outline.Rectangle(0.94f, width - 0.06f).With(Outline.Rectangle(0.91f, width - 0.09f)),
                Patterns.Woven(ink, ink * 0.85f, new Rng(weave), instance, 60));
            s.Print(word, Patterns.Woven(ink, ink * 0.85f, new Rng(weave), instance, 60));
        }, aspect: width, isRound: false);
    }

    public static void Zipper(Scene scene, Rng product, Rng instance)
    {
        Rgb tape = Colours.Any(product), metal = Colours.Metal(product);
        int teeth = product.Int(18, 30);
        ulong weave = product.Next();
        scene.Describe(tape);
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Rectangle(1.1f, 0.42f), Patterns.Woven(tape, tape * 0.8f, new Rng(weave), instance, 50),
                Profile.Bevel(0.02f, 0.01f));
            s.Body(Outline.Rectangle(1.1f, 0.02f), Materials.Plain(tape * 0.4f, instance, 0), Profile.Flat(0.01f));
            for (int n = 0; n < teeth; n++)
            {
                var at = Matrix3x2.CreateTranslation(((n + 0.5f) / teeth - 0.5f) * 1.06f, (n & 1) == 0 ? -0.025f : 0.025f);
                s.Detail(Outline.Rectangle(0.62f / teeth, 0.12f, 0.2f / teeth), Materials.Plain(metal, instance, 0.8f),
                    Profile.Bevel(0.04f, 0.01f).On(0.02f), at);
            }
        }, aspect: 0.5f, isRound: false);
    }
}
