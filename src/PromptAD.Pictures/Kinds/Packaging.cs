using System.Numerics;
using PromptAD.Pictures.Drawing;
using PromptAD.Pictures.Textures;

namespace PromptAD.Pictures.Kinds;

/// <summary>Containers, closures, and what is in them.</summary>
internal static class Packaging
{
    public static void Cap(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Any(product), ink = Colours.Apart(product, colour);
        int ribs = product.Int(0, 2) == 0 ? 0 : product.Int(24, 48);
        float inset = product.Range(0.05f, 0.12f), gloss = product.Range(0.2f, 0.9f), height = product.Range(0.05f, 0.15f);
        int letters = product.Int(0, 5);
        Outline word = Glyphs.Word(product, Math.Max(letters, 1), product.Range(0.12f, 0.22f), product.Range(0.025f, 0.045f));
        bool hasRing = product.Chance(0.5f);
        scene.Describe(colour);
        Placement.Lay(scene, product, instance, s =>
        {
            Texture plastic = Materials.Plain(colour, instance, gloss);
            Outline rim = ribs == 0 ? Outline.Disc(0.5f) : Outline.Polar(ribs * 6, a => 0.49f + 0.012f * MathF.Cos(ribs * a));
            s.Body(rim, plastic, Profile.Bevel(height, 0.05f));
            s.Body(Outline.Disc(0.5f - inset), plastic, Profile.Bevel(0.03f, 0.03f).On(height * 0.9f));
            if (hasRing) s.Print(Outline.Ring(0.36f, 0.33f), Materials.Plain(ink, instance, gloss));
            if (letters > 0) s.Print(word, Materials.Plain(ink, instance, gloss));
        }, most: 9);
    }

    public static void BottleTop(Scene scene, Rng product, Rng instance)
    {
        Rgb glass = product.Chance(0.5f) ? Rgb.FromHsv(product.Range(0.05f, 0.4f), product.Range(0.4f, 0.9f), product.Range(0.12f, 0.5f))
            : Colours.Any(product);
        Rgb inside = product.Chance(0.6f) ? Rgb.Grey(product.Range(0.02f, 0.1f)) : glass * 0.4f;
        float neck = product.Range(0.28f, 0.38f), wall = product.Range(0.04f, 0.1f), gloss = product.Range(0.6f, 1);
        scene.Describe(glass);
        Placement.Lay(scene, product, instance, s =>
        {
            Texture body = Materials.Plain(glass, instance, gloss, 0.05f), lip = Materials.Plain(glass * 1.25f, instance, gloss, 0.05f);
            s.Body(Outline.Disc(0.5f), body, Profile.Dome(0.16f));
            s.Body(Outline.Ring(neck + 0.05f, neck), Materials.Plain(glass * 0.6f, instance, gloss), Profile.Bevel(0.03f, 0.02f).On(0.13f));
            s.Body(Outline.Ring(neck, neck - wall), lip, Profile.Bevel(0.07f, wall * 0.5f).On(0.14f));
            s.Body(Outline.Disc(neck - wall), Materials.Plain(inside, instance, 0.4f, 0.2f), Profile.Flat(0.02f));
        }, most: 2);
    }

    public static void Bottle(Scene scene, Rng product, Rng instance)
    {
        Rgb glass = Colours.Any(product), cap = Colours.Any(product), label = Colours.Apart(product, glass),
            ink = Colours.Apart(product, label);
        float width = product.Range(0.24f, 0.42f), neck = product.Range(0.08f, 0.14f), shoulder = product.Range(0.06f, 0.2f),
            gloss = product.Range(0.4f, 1);
        float labelHeight = product.Range(0.15f, 0.3f), fill = product.Range(-0.15f, 0.05f);
        int letters = product.Int(2, 5);
        Outline word = Glyphs.Word(product, letters, width * 0.9f / letters, 0.018f).Moved(Matrix3x2.CreateRotation(MathF.PI / 2));
        bool isClear = product.Chance(0.4f);
        scene.Describe(glass);
        Placement.Lay(scene, product, instance, s =>
        {
            // The bottle lies along x, its mouth to the right.
            float half = width / 2, bend = 0.2f, end = bend + shoulder;
            s.Body(Outline.Polygon(new(-0.49f, -half * 0.9f), new(-0.46f, -half), new(bend, -half),
                new(bend + shoulder * 0.4f, -half * 0.85f), new(end, -neck / 2), new(0.44f, -neck / 2),
                new(0.44f, neck / 2), new(end, neck / 2), new(bend + shoulder * 0.4f, half * 0.85f), new(bend, half), new(-0.46f, half),
                    new(-0.49f, half * 0.9f)),
                Materials.Plain(glass, instance, gloss), Profile.Cylinder(half * 0.8f));
            if (isClear) s.Detail(Outline.Rectangle(fill + 0.47f, width * 0.9f, 0.02f), Materials.Plain(glass * 0.5f, instance, gloss),
                Profile.Cylinder(half * 0.8f), Matrix3x2.CreateTranslation((fill - 0.47f) / 2, 0));
            var at = Matrix3x2.CreateTranslation(-0.16f, 0);
            s.Detail(Outline.Rectangle(labelHeight, width * 0.98f), Materials.Plain(label, instance, 0.15f), Profile.Cylinder(half * 0.82f),
                at);
            s.Print(word, Materials.Plain(ink, instance, 0.15f), at);
            s.Detail(Outline.Rectangle(0.11f, neck * 1.3f, 0.012f), Materials.Plain(cap, instance, 0.5f), Profile.Cylinder(neck * 0.6f),
                Matrix3x2.CreateTranslation(0.445f, 0));
        }, most: 3, aspect: width, isRound: false);
    }

    public static void Blister(Scene scene, Rng product, Rng instance)
    {
        int columns = product.Int(3, 6), rows = product.Int(2, 3);
        Rgb foil = product.Chance(0.7f) ? Rgb.FromHsv(0.6f, product.Range(0, 0.08f), product.Range(0.6f, 0.85f)) : Colours.Any(product);
        Rgb pill = product.Chance(0.5f) ? Colours.Tinted(product, 0.9f) : Colours.Any(product), shell = foil * 0.85f;
        float width = rows / (float)columns * product.Range(0.85f, 1.1f), length = product.Chance(0.5f) ? 1
            : 1.7f, gloss = product.Range(0.4f, 1);
        float size = 0.36f * MathF.Min(1f / columns, width / rows / (length > 1 ? 1 : 1));
        scene.Describe(pill);
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Rectangle(1, width, 0.04f), Materials.Streaked(foil, 30, 2, 0.06f, gloss, instance),
                Profile.Bevel(0.01f, 0.01f));
            for (int n = 0; n < columns * rows; n++)
            {
                var at = Matrix3x2.CreateTranslation((n % columns + 0.5f) / columns - 0.5f, ((n / columns + 0.5f) / rows - 0.5f) * width);
                float across = size / (length > 1 ? 1.45f : 1);
                s.Body(Outline.Rectangle(2 * across * length + 0.02f, 2 * across + 0.02f, across), Materials.Plain(shell, instance, 1),
                    Profile.Bevel(0.025f, 0.02f).On(0.01f), at);
                s.Detail(Outline.Rectangle(1.75f * across * length, 1.75f * across, across * 0.87f), Materials.Plain(pill, instance, 0.7f),
                    Profile.Capsule(0.05f).On(0.015f), at);
            }
        }, most: 2, aspect: width, isRound: false);
    }

    public static void Capsule(Scene scene, Rng product, Rng instance)
    {
        Rgb left = Colours.Any(product), right = product.Chance(0.8f) ? Colours.Any(product) : left, ink = Colours.Apart(product, right);
        float width = product.Range(0.32f, 0.42f), joint = product.Range(-0.1f, 0.12f), gloss = product.Range(0.5f, 1);
        int letters = product.Int(0, 4);
        Outline word = Glyphs.Word(product, Math.Max(2, letters), product.Range(0.09f, 0.14f), product.Range(0.018f, 0.028f));
        scene.Describe(right);
        Placement.Lay(scene, product, instance, s =>
        {
            Outline shape = Outline.Rectangle(1, width, width / 2 - 0.002f);
            Texture a = Materials.Plain(left, instance, gloss), b = Materials.Plain(right, instance, gloss);
            s.Body(shape, (u, v) => u < joint ? a(u, v) : u < joint + 0.012f ? new Texel(left * 0.6f, 0, gloss)
                : b(u, v), Profile.Capsule(width * 0.5f));
            if (letters > 1) s.Print(word, Materials.Plain(ink, instance, gloss),
                Matrix3x2.CreateTranslation((0.4f + joint) / 2, instance.Range(-0.02f, 0.02f)));
        }, most: 6, aspect: 0.42f, isRound: false);
    }

    public static void Tablet(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = product.Chance(0.5f) ? Colours.Tinted(product, product.Range(0.8f, 0.95f)) : Colours.Any(product);
        float width = product.Chance(0.5f) ? 1 : product.Range(0.5f, 0.8f), speckle = product.Range(0, 0.15f),
            height = product.Range(0.08f, 0.2f);
        bool isScored = product.Chance(0.6f), isRound = product.Chance(0.5f);
        Outline word = Glyphs.Word(product, 2, 0.2f, 0.03f);
        scene.Describe(colour);
        Placement.Lay(scene, product, instance, s =>
        {
            Texture body = Materials.Cloudy(colour * (1 - speckle), colour, 40, 3, 0.0015f, 0.15f, instance);
            s.Body(Outline.Rectangle(1, width, width * (isRound ? 0.498f : 0.3f)), body, isRound ? Profile.Bevel(height, 0.2f)
                : Profile.Bevel(height, 0.06f));
            Texture dark = Materials.Plain(colour * 0.72f, instance, 0);
            if (isScored) s.Detail(Outline.Rectangle(0.03f, width * 0.85f), dark, Profile.Flat(height * 0.8f));
            else s.Print(word, dark);
        }, most: 9, aspect: width, isRound: false);
    }

    public static void Can(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        float gloss = product.Range(0.5f, 1), tab = product.Range(0.12f, 0.2f);
        int rings = product.Int(1, 3);
        scene.Describe("metal");
        Placement.Lay(scene, product, instance, s =>
        {
            Texture lid = Materials.Streaked(metal, 60, 14, 0.08f, gloss, instance);
            s.Body(Outline.Disc(0.5f), lid, Profile.Bevel(0.07f, 0.04f));
            s.Body(Outline.Disc(0.44f), lid, Profile.Flat(0.03f));
            for (int n = 0; n < rings; n++) s.Body(Outline.Ring(0.4f - 0.05f * n, 0.385f - 0.05f * n), lid,
                Profile.Bevel(0.02f, 0.01f).On(0.03f));
            Outline loop = Outline.Rectangle(tab * 2, tab, tab * 0.45f).With(Outline.Ellipse(tab * 0.4f,
                tab * 0.25f).Moved(Matrix3x2.CreateTranslation(tab * 0.4f, 0)));
            s.Detail(loop, Materials.Plain(metal * 0.9f, instance, gloss), Profile.Bevel(0.03f, 0.02f).On(0.04f),
                Matrix3x2.CreateTranslation(0.1f, 0));
            s.Detail(Outline.Disc(0.03f), Materials.Plain(metal * 1.1f, instance, gloss), Profile.Dome(0.03f).On(0.07f),
                Matrix3x2.CreateTranslation(0.02f, 0));
        }, most: 2);
    }

    public static void Candle(Scene scene, Rng product, Rng instance)
    {
        Rgb wax = product.Chance(0.5f) ? Colours.Tinted(product, 0.9f) : Colours.Any(product), metal = Rgb.Grey(0.7f);
        scene.Describe(wax);
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Disc(0.5f), Materials.Plain(metal, instance, 0.8f), Profile.Bevel(0.12f, 0.02f));
            s.Body(Outline.Disc(0.46f), Materials.Cloudy(wax * 0.94f, wax, 4, 3, 0.006f, 0.4f, instance), Profile.Flat(0.08f));
            var bend = new Vector2(instance.Range(-0.04f, 0.04f), instance.Range(-0.04f, 0.04f));
            Vector2[] wick = [Vector2.Zero, bend, 2 * bend + new Vector2(0.05f, -0.07f)];
            s.Detail(Outline.Lines(0.035f, wick), Materials.Plain(Rgb.Grey(0.75f), instance, 0, 0.3f),
                Profile.Bevel(0.06f, 0.02f).On(0.1f));
        }, most: 9);
    }
}
