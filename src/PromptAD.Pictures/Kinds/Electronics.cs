using System.Numerics;
using PromptAD.Pictures.Drawing;
using PromptAD.Pictures.Textures;

namespace PromptAD.Pictures.Kinds;

/// <summary>Boards, parts for boards, and what connects them.</summary>
internal static class Electronics
{
    public static void CircuitBoard(Scene scene, Rng product, Rng instance)
    {
        Rgb mask = product.Chance(0.6f) ? Rgb.FromHsv(product.Range(0.33f, 0.42f), product.Range(0.5f, 0.9f), product.Range(0.25f, 0.5f))
            : Colours.Any(product) * 0.6f;
        ulong layout = product.Next();
        float width = product.Range(0.55f, 0.95f);
        scene.Describe(mask);
        Placement.Lay(scene, product, instance, s => Board(s, new Rng(layout), instance, mask, width), aspect: width, isRound: false);
    }

    public static void Chip(Scene scene, Rng product, Rng instance)
    {
        Rgb plastic = Rgb.Grey(product.Range(0.08f, 0.22f)), metal = Colours.Metal(product);
        float width = product.Range(0.4f, 1f), gloss = product.Range(0.1f, 0.5f), print = product.Range(0.45f, 0.85f);
        int pins = product.Int(4, 10), letters = product.Int(3, 6);
        bool isFourSided = width > 0.85f;
        Outline word = Glyphs.Word(product, letters, product.Range(0.08f, 0.12f), 0.016f),
            second = Glyphs.Word(product, letters - 1, 0.08f, 0.014f);
        scene.Describe("black");
        Placement.Lay(scene, product, instance, s =>
        {
            Texture legs = Materials.Plain(metal, instance, 0.8f);
            for (int n = 0; n < pins; n++)
            {
                float at = ((n + 0.5f) / pins - 0.5f) * 0.76f, thick = 0.36f / pins;
                foreach (int side in (ReadOnlySpan<int>)[-1, 1])
                {
                    s.Detail(Outline.Rectangle(thick, 0.14f), legs, Profile.Bevel(0.04f, 0.01f),
                        Matrix3x2.CreateTranslation(at, side * (width / 2 - 0.06f)));
                    if (isFourSided) s.Detail(Outline.Rectangle(0.14f, thick), legs, Profile.Bevel(0.04f, 0.01f),
                        Matrix3x2.CreateTranslation(side * 0.44f, at * width));
                }
            }
            s.Body(Outline.Rectangle(isFourSided ? 0.8f : 0.86f, width - 0.22f, 0.015f),
                Materials.Cloudy(plastic * 0.9f, plastic * 1.1f, 60, 2, 0.001f, gloss, instance), Profile.Bevel(0.12f, 0.03f));
            Texture ink = Materials.Plain(Rgb.Grey(print), instance, 0);
            s.Print(word, ink, Matrix3x2.CreateTranslation(0.04f, -0.04f));
            if (width > 0.6f) s.Print(second, ink, Matrix3x2.CreateTranslation(0.04f, 0.1f));
            s.Detail(Outline.Disc(0.03f), Materials.Plain(plastic * 0.5f, instance, 0), Profile.Flat(0.09f),
                Matrix3x2.CreateTranslation(-0.36f, width / 2 - 0.17f));
        }, most: 4, aspect: width, isRound: false);
    }

    public static void Connector(Scene scene, Rng product, Rng instance)
    {
        Rgb housing = Colours.Any(product), metal = Colours.Metal(product);
        int pins = product.Int(3, 10), rows = product.Int(1, 2);
        float width = rows == 1 ? 0.26f : 0.4f, gloss = product.Range(0.1f, 0.6f), size = MathF.Min(0.05f, 0.42f / pins);
        bool isRound = product.Chance(0.4f);
        scene.Describe(housing);
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Rectangle(1, width, 0.03f), Materials.Plain(housing, instance, gloss), Profile.Bevel(0.14f, 0.03f));
            s.Body(Outline.Rectangle(0.93f, width - 0.09f, 0.02f), Materials.Plain(housing * 0.55f, instance, 0.1f), Profile.Flat(0.05f));
            s.Detail(Outline.Rectangle(0.18f, 0.05f), Materials.Plain(housing * 0.9f, instance, gloss),
                Profile.Bevel(0.03f, 0.01f).On(0.1f), Matrix3x2.CreateTranslation(0, -width / 2 - 0.015f));
            for (int n = 0; n < pins * rows; n++)
            {
                var at = Matrix3x2.CreateTranslation(((n % pins + 0.5f) / pins - 0.5f) * 0.9f, (n / pins - (rows - 1) / 2f) * 0.15f);
                s.Detail(isRound ? Outline.Disc(size) : Outline.Rectangle(2 * size, 2 * size),
                    Materials.Plain(metal * 1.15f, instance, 0.9f), Profile.Bevel(0.08f, 0.02f).On(0.04f), at);
            }
        }, most: 4, aspect: width, isRound: false);
    }

    public static void Cable(Scene scene, Rng product, Rng instance)
    {
        int strands = product.Int(1, 4);
        float thick = product.Range(0.1f, 0.26f) / MathF.Sqrt(strands), gap = thick * product.Range(1.02f, 1.3f),
            gloss = product.Range(0.1f, 0.7f), sway = product.Range(0, 0.12f);
        var colours = new Rgb[strands];
        for (int n = 0; n < strands; n++) colours[n] = Colours.Any(product);
        bool isBraided = product.Chance(0.3f);
        scene.Describe(colours[0]);
        Placement.Lay(scene, product, instance, s =>
        {
            float phase = instance.Angle();
            for (int n = 0; n < strands; n++)
            {
                float offset = (n - (strands - 1) / 2f) * gap;
                var line = new Vector2[33];
                for (int i = 0; i < line.Length; i++)
                {
                    float x = i / 32f - 0.5f;
                    line[i] = new Vector2(x * 1.6f, offset + sway * MathF.Sin(4 * x + phase));
                }
                Rgb colour = colours[n];
                Texture plain = Materials.Plain(colour, instance, gloss, 0.05f);
                Texture skin = isBraided ? (u, v) => new Texel(colour
                    * (0.8f + 0.25f * MathF.Sin(u * 90 + v * 60) * MathF.Sin(u * 90 - v * 60)), 0, 0.1f) : plain;
                s.Body(Outline.Lines(thick, line), skin, Profile.Bevel(thick * 0.5f, thick * 0.5f));
            }
        }, most: 1, aspect: 1, isRound: false);
    }

    public static void CableSection(Scene scene, Rng product, Rng instance)
    {
        int cores = product.Int(2, 4), wires = product.Int(7, 19);
        Rgb jacket = Colours.Any(product), copper = Rgb.FromHsv(product.Range(0.04f, 0.1f), product.Range(0.4f, 0.7f),
            product.Range(0.6f, 0.85f));
        var colours = new Rgb[cores];
        for (int n = 0; n < cores; n++) colours[n] = Colours.Any(product);
        float radius = cores == 2 ? 0.2f : cores == 3 ? 0.195f : 0.17f, reach = cores == 2 ? 0.22f : cores == 3 ? 0.24f : 0.26f;
        scene.Describe(jacket);
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Disc(0.5f), Materials.Plain(jacket, instance, 0.3f), Profile.Bevel(0.08f, 0.02f));
            s.Body(Outline.Disc(0.455f), Materials.Plain(jacket * 0.35f, instance, 0), Profile.Flat(0.03f));
            for (int n = 0; n < cores; n++)
            {
                (float sin, float cos) = MathF.SinCos(MathF.Tau * n / cores);
                var at = Matrix3x2.CreateTranslation(cos * reach, sin * reach);
                s.Detail(Outline.Disc(radius), Materials.Plain(colours[n], instance, 0.3f), Profile.Bevel(0.04f, 0.02f).On(0.03f), at);
                s.Body(Outline.Disc(radius * 0.68f), Materials.Plain(copper * 0.3f, instance, 0), Profile.Flat(0.05f), at);
                for (int w = 0; w < wires; w++)
                {
                    // A sunflower's order fills a disc evenly.
                    float turn = w * 2.39996f + n, distance = radius * 0.58f * MathF.Sqrt((w + 0.4f) / wires);
                    (float ws, float wc) = MathF.SinCos(turn);
                    s.Detail(Outline.Disc(radius * 0.58f / MathF.Sqrt(wires)), Materials.Plain(copper, instance, 0.8f, 0.2f),
                        Profile.Dome(0.025f).On(0.05f),
                        Matrix3x2.CreateTranslation(distance * wc, distance * ws) * at);
                }
            }
        });
    }

    public static void Battery(Scene scene, Rng product, Rng instance)
    {
        Rgb wrap = Colours.Any(product), second = Colours.Apart(product, wrap), metal = Rgb.Grey(product.Range(0.6f, 0.8f));
        float width = product.Range(0.24f, 0.36f), split = product.Range(-0.3f, 0.3f), gloss = product.Range(0.4f, 1);
        Outline word = Glyphs.Word(product, product.Int(2, 5), product.Range(0.08f, 0.13f), 0.022f);
        scene.Describe(wrap);
        Placement.Lay(scene, product, instance, s =>
        {
            s.Detail(Outline.Rectangle(0.08f, width * 0.35f), Materials.Plain(metal, instance, 0.9f), Profile.Cylinder(width * 0.2f),
                Matrix3x2.CreateTranslation(0.47f, 0));
            s.Body(Outline.Rectangle(0.94f, width, 0.015f), Materials.Plain(wrap, instance, gloss), Profile.Cylinder(width * 0.5f),
                Matrix3x2.CreateTranslation(-0.02f, 0));
            s.Print(Outline.Rectangle(0.45f - split, width), Materials.Plain(second, instance, gloss),
                Matrix3x2.CreateTranslation((0.45f + split) / 2, 0));
            s.Print(word, Materials.Plain(wrap, instance, gloss), Matrix3x2.CreateTranslation((0.45f + split) / 2, 0));
        }, most: 4, aspect: width, isRound: false);
    }

    public static void Transistor(Scene scene, Rng product, Rng instance)
    {
        Rgb plastic = Rgb.Grey(product.Range(0.07f, 0.2f)), metal = Colours.Metal(product);
        float width = product.Range(0.36f, 0.56f), tab = product.Range(0, 0.18f), gloss = product.Range(0.1f, 0.6f);
        int legs = product.Int(2, 5);
        Outline word = Glyphs.Word(product, 4, 0.07f, 0.013f);
        scene.Describe("black");
        Placement.Lay(scene, product, instance, s =>
        {
            if (tab > 0.05f)
            {
                Outline plate = Outline.Rectangle(tab + 0.1f, width * 0.96f, 0.01f).With(Outline.Disc(tab * 0.25f));
                s.Body(plate, Materials.Streaked(metal, 50, 8, 0.1f, 0.8f, instance), Profile.Bevel(0.04f, 0.01f),
                    Matrix3x2.CreateTranslation(-0.38f, 0));
            }
            for (int n = 0; n < legs; n++)
                s.Detail(Outline.Rectangle(0.5f, 0.18f / legs), Materials.Plain(metal, instance, 0.9f), Profile.Bevel(0.03f, 0.01f),
                    Matrix3x2.CreateTranslation(0.25f, ((n + 0.5f) / legs - 0.5f) * width * 0.85f));
            var at = Matrix3x2.CreateTranslation(-0.13f, 0);
            s.Body(Outline.Rectangle(0.38f, width, 0.015f), Materials.Cloudy(plastic, plastic * 1.2f, 50, 2, 0.001f, gloss, instance),
                Profile.Bevel(0.12f, 0.03f), at);
            s.Print(word, Materials.Plain(Rgb.Grey(0.6f), instance, 0), at);
        }, most: 4, aspect: width, isRound: false);
    }

    /// <summary>
    /// Traces, pads, chips, resistors and capacitors where <paramref name="layout"/> puts them: the same on every board of the
    /// product.
    /// </summary>
    private static void Board(Scene s, Rng layout, Rng instance, Rgb mask, float width)
    {
        s.Body(Outline.Rectangle(1, width, layout.Range(0, 0.03f)), Materials.Plain(mask, instance, 0.35f), Profile.Bevel(0.03f, 0.01f));
        Texture trace = Materials.Plain(Rgb.Lerp(mask, Rgb.Grey(0.9f), 0.22f), instance, 0.35f),
            tin = Materials.Plain(Rgb.Grey(0.75f), instance, 0.9f, 0.1f);
        int traces = layout.Int(6, 16);
        for (int n = 0; n < traces; n++)
        {
            var a = new Vector2(layout.Range(-0.46f, 0.46f), layout.Range(-0.46f, 0.46f) * width);
            var b = new Vector2(layout.Range(-0.46f, 0.46f), a.Y);
            var c = b + new Vector2(0.08f, 0.08f) * layout.Sign();
            s.Print(Outline.Lines(layout.Range(0.006f, 0.016f),
                [a, b, Vector2.Clamp(c, new(-0.47f, -0.47f * width), new(0.47f, 0.47f * width))]), trace);
        }
        foreach (var corner in (ReadOnlySpan<Vector2>)[new(-0.45f, -0.43f), new(0.45f, -0.43f), new(-0.45f, 0.43f), new(0.45f, 0.43f)])
        {
            var at = Matrix3x2.CreateTranslation(corner.X, corner.Y * width);
            s.Detail(Outline.Disc(0.032f), tin, Profile.Flat(0.032f), at);
            s.Body(Outline.Disc(0.02f), Materials.Plain(Rgb.Grey(0.1f), instance, 0), Profile.Flat(), at);
        }
        int columns = layout.Int(3, 5), rows = layout.Int(2, 4);
        for (int n = 0; n < columns * rows; n++)
        {
            var cell = new Vector2(((n % columns + 0.5f) / columns - 0.5f) * 0.82f, ((n / columns + 0.5f) / rows - 0.5f) * 0.82f * width);
            float room = MathF.Min(0.8f / columns, 0.8f * width / rows);
            var at = Matrix3x2.CreateRotation(layout.Int(0, 1) * MathF.PI / 2) * Matrix3x2.CreateTranslation(cell);
            Component(s, layout, instance, room, at, tin);
        }
    }

    private static void Component(Scene s, Rng layout, Rng instance, float room, Matrix3x2 at, Texture tin)
    {
        int kind = layout.Int(0, 4);
        Rgb colour = kind == 1 ? Colours.Any(layout) : Rgb.Grey(layout.Range(0.06f, 0.2f));
        float size = room * layout.Range(0.5f, 0.85f);
        if (kind == 0)
        {
            for (int n = 0; n < 4; n++) s.Body(Outline.Rectangle(size * 0.12f, size * 0.95f), tin, Profile.Flat(0.04f),
                Matrix3x2.CreateTranslation((n - 1.5f) * size * 0.25f, 0) * at);
            s.Detail(Outline.Rectangle(size, size * 0.7f), Materials.Plain(colour, instance, 0.2f), Profile.Bevel(0.07f, 0.015f), at);
            s.Print(Glyphs.Word(layout, 3, size * 0.2f, size * 0.035f), Materials.Plain(Rgb.Grey(0.6f), instance, 0), at);
        }
        else if (kind == 1)
        {
            s.Body(Outline.Disc(size * 0.5f), Materials.Plain(colour * 0.5f, instance, 0.3f), Profile.Bevel(0.1f, 0.02f), at);
            s.Detail(Outline.Disc(size * 0.42f), Materials.Plain(colour, instance, 0.8f), Profile.Bevel(0.03f, 0.02f).On(0.1f), at);
        }
        else
        {
            Rgb body = kind == 2 ? Colours.Earth(layout) : colour;
            float narrow = size * layout.Range(0.35f, 0.55f);
            s.Body(Outline.Rectangle(size, narrow), tin, Profile.Flat(0.045f), at);
            s.Detail(Outline.Rectangle(size * 0.62f, narrow * 1.05f), Materials.Plain(body, instance, 0.3f),
                Profile.Bevel(0.05f, 0.01f).On(0.01f), at);
        }
    }
}
