using PromptAD.Pictures.Drawing;
using PromptAD.Pictures.Textures;

namespace PromptAD.Pictures.Kinds;

/// <summary>Products that fill the picture.</summary>
internal static class Surfaces
{
    public static void Leather(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = product.Chance(0.6f) ? Colours.Earth(product) * product.Range(0.5f, 1) : Colours.Any(product) * 0.8f;
        scene.Surface(Materials.Leather(colour, product, instance), colour.Name());
    }

    public static void Stone(Scene scene, Rng product, Rng instance)
    {
        Rgb bright = Colours.Stone(product), dark = bright * product.Range(0.45f, 0.85f);
        scene.Surface(Materials.Cloudy(dark, bright, product.LogRange(3, 14), product.Int(4, 6), product.Range(0.002f, 0.012f),
            product.Range(0, 0.3f), instance));
    }

    public static void Granite(Scene scene, Rng product, Rng instance)
    {
        Rgb ground = Colours.Stone(product);
        Rgb[] grains = [Colours.Stone(product), Colours.Stone(product) * 0.5f, Rgb.Grey(product.Range(0.1f, 0.9f))];
        scene.Surface(Materials.Speckled(ground, grains, product.LogRange(10, 40), product.Range(0.35f, 0.7f), product.Range(0.1f, 0.6f),
            instance));
    }

    public static void CastMetal(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product) * product.Range(0.5f, 0.9f);
        scene.Surface(Materials.Cloudy(metal * 0.75f, metal, product.LogRange(18, 45), 3, product.Range(0.003f, 0.008f),
            product.Range(0.2f, 0.7f), instance));
    }

    public static void BrushedMetal(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        Texture streaks = Materials.Streaked(metal, product.LogRange(80, 220), product.LogRange(15, 90), product.Range(0.1f, 0.4f),
            product.Range(0.2f, 0.8f), instance, product.Range(0.05f, 0.3f));
        scene.Surface(Turned(streaks, product, instance));
    }

    public static void RolledPlate(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Rgb.Grey(product.Range(0.35f, 0.75f));
        Texture dashes = Materials.Streaked(metal, product.LogRange(40, 110), product.LogRange(2, 7), product.Range(0.25f, 0.75f),
            product.Range(0, 0.4f), instance, product.Range(0.05f, 0.5f));
        scene.Surface(Turned(dashes, product, instance));
    }

    /// <summary>A sintered or ground block: long lines, uneven brightness across them, darker sides.</summary>
    public static void GroundBlock(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Tinted(product, product.Range(0.3f, 0.7f));
        Texture lines = Materials.Streaked(colour, product.LogRange(70, 170), product.LogRange(15, 60), product.Range(0.25f, 0.7f), 0.1f,
            instance, product.Range(0.3f, 0.7f));
        float curve = product.Range(0, 0.5f), bands = product.Range(0.1f, 0.5f), shift = instance.Range(0, 50),
            middle = instance.Range(0.35f, 0.65f);
        Texture block = (u, v) =>
        {
            Texel texel = lines(u, v);
            float side = 2 * (v - middle), band = Noise.Fractal(v * 7 + shift, u * 0.4f + shift, 3) - 0.5f;
            return texel with { Colour = texel.Colour * MathF.Max(0.15f, 1 - curve * side * side + bands * band) };
        };
        scene.Surface(Turned(block, product, instance));
    }

    public static void Wood(Scene scene, Rng product, Rng instance) => scene.Surface(Materials.Wood(product, instance));

    public static void Fabric(Scene scene, Rng product, Rng instance)
    {
        Rgb warp = Colours.Any(product), weft = product.Chance(0.5f) ? warp * product.Range(0.7f, 1) : Colours.Any(product);
        scene.Surface(Turned(Patterns.Woven(warp, weft, product, instance), product, instance), warp.Name());
    }

    public static void Knit(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Any(product);
        scene.Surface(Patterns.Knitted(colour, product, instance), colour.Name());
    }

    public static void Carpet(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Any(product);
        scene.Surface(Materials.Pile(colour, product, instance), colour.Name());
    }

    public static void Grid(Scene scene, Rng product, Rng instance)
    {
        Rgb wire = Colours.Metal(product), below = Rgb.Grey(product.Chance(0.7f) ? product.Range(0.03f, 0.2f) : product.Range(0.8f, 0.95f));
        Texture mesh = Patterns.Mesh(wire, below, product.LogRange(5, 16), product.Range(0.09f, 0.2f), isRound: false,
            product.Range(0.2f, 0.8f), instance);
        scene.Surface(Turned(mesh, product, instance));
    }

    public static void PerforatedPlate(Scene scene, Rng product, Rng instance)
    {
        Rgb plate = product.Chance(0.6f) ? Colours.Metal(product) : Colours.Any(product);
        Texture mesh = Patterns.Mesh(plate, Rgb.Grey(product.Range(0.03f, 0.15f)), product.LogRange(4, 12), product.Range(0.1f, 0.25f),
            isRound: true, product.Range(0.2f, 0.8f), instance);
        scene.Surface(Turned(mesh, product, instance));
    }

    public static void Tiles(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Any(product);
        Texture face = product.Chance(0.5f)
            ? Materials.Plain(colour, instance, product.Range(0.3f, 1), 0.08f)
            : Materials.Cloudy(colour * 0.7f, colour, product.LogRange(3, 10), 4, 0.002f, product.Range(0.1f, 0.8f), instance);
        float columns = product.Range(1.5f, 6), rows = product.Chance(0.6f) ? columns : columns * product.Range(1.2f, 3);
        scene.Surface(Patterns.Tiled(face, Colours.Tinted(product, product.Range(0.3f, 0.85f)), columns, rows,
            product.Range(0.004f, 0.015f), product.Chance(0.4f), product.Range(0, 0.25f), instance), colour.Name());
    }

    public static void Brick(Scene scene, Rng product, Rng instance)
    {
        Rgb clay = Rgb.FromHsv(product.Range(0.01f, 0.07f), product.Range(0.4f, 0.7f), product.Range(0.45f, 0.7f));
        Texture face = Materials.Cloudy(clay * 0.65f, clay, product.LogRange(8, 20), 4, product.Range(0.004f, 0.01f), 0, instance);
        float columns = product.Range(1.6f, 4);
        scene.Surface(Patterns.Tiled(face, Colours.Tinted(product, product.Range(0.5f, 0.8f)), columns, columns * product.Range(2, 3),
            product.Range(0.008f, 0.02f), true, product.Range(0.1f, 0.4f), instance));
    }

    public static void PrintedPaper(Scene scene, Rng product, Rng instance)
    {
        Rgb paper = product.Chance(0.6f) ? Colours.Tinted(product, product.Range(0.8f, 0.95f)) : Colours.Any(product);
        Texture ground = Materials.Plain(paper, instance, product.Range(0, 0.4f), product.Range(0.02f, 0.08f));
        scene.Surface(Patterns.Printed(ground, Colours.Apart(product, paper), product, instance));
    }

    public static void PrintedCloth(Scene scene, Rng product, Rng instance)
    {
        Rgb cloth = Colours.Any(product);
        Texture ground = Patterns.Woven(cloth, cloth, product, instance, product.LogRange(40, 70));
        scene.Surface(Patterns.Printed(ground, Colours.Apart(product, cloth), product, instance));
    }

    public static void Film(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Any(product);
        Texture ground = Materials.Cloudy(colour * 0.93f, colour, product.LogRange(1, 4), 2, product.Range(0.004f, 0.02f),
            product.Range(0.6f, 1), instance);
        if (product.Chance(0.3f)) ground = Patterns.Ribbed(ground, product.LogRange(10, 40), product.Range(0.0005f, 0.002f), 0.05f,
            instance);
        scene.Surface(Turned(ground, product, instance), colour.Name());
    }

    public static void Plastic(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = Colours.Any(product);
        scene.Surface(Materials.Cloudy(colour * 0.9f, colour, product.LogRange(30, 90), 2, product.Range(0.0005f, 0.003f),
            product.Range(0.1f, 0.8f), instance), colour.Name());
    }

    public static void Ceramic(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = product.Chance(0.6f) ? Colours.Tinted(product, product.Range(0.7f, 0.95f)) : Colours.Any(product);
        Texture glaze = product.Chance(0.5f)
            ? Materials.Plain(colour, instance, product.Range(0.5f, 1), 0.02f)
            : Materials.Speckled(colour, [colour * 0.6f, colour * 0.8f], product.LogRange(15, 50), product.Range(0.1f, 0.25f),
                product.Range(0.3f, 1), instance);
        scene.Surface(glaze, colour.Name());
    }

    public static void Rubber(Scene scene, Rng product, Rng instance)
    {
        Rgb ground = Rgb.Grey(product.Range(0.08f, 0.25f));
        Texture mat = product.Chance(0.5f)
            ? Materials.Speckled(ground, [Colours.Any(product), ground * 1.5f, ground * 0.7f], product.LogRange(15, 45),
                product.Range(0.2f, 0.4f), 0.1f, instance)
            : Patterns.Studded(Materials.Plain(ground, instance, 0.3f, 0.1f), product.LogRange(5, 14), 0.3f, 0.3f,
                product.Range(0.006f, 0.014f), instance);
        scene.Surface(mat);
    }

    public static void Cardboard(Scene scene, Rng product, Rng instance)
    {
        Rgb board = Rgb.FromHsv(product.Range(0.07f, 0.1f), product.Range(0.25f, 0.5f), product.Range(0.55f, 0.8f));
        Texture ground = Materials.Streaked(board, product.LogRange(50, 120), product.Range(3, 8), product.Range(0.04f, 0.12f), 0.05f,
            instance, 0.1f);
        scene.Surface(Turned(Patterns.Ribbed(ground, product.LogRange(8, 30), product.Range(0.0005f, 0.003f), product.Range(0, 0.15f),
            instance), product, instance));
    }

    public static void SolarCell(Scene scene, Rng product, Rng instance)
    {
        Rgb cell = Rgb.FromHsv(product.Range(0.58f, 0.68f), product.Range(0.1f, 0.7f), product.Range(0.2f, 0.5f));
        Texture crystals = Materials.Speckled(cell, [cell * 0.8f, cell * 1.15f, cell * 0.95f], product.LogRange(3, 9), 2,
            product.Range(0.2f, 0.7f), instance);
        float bars = product.Int(2, 5), fingers = product.LogRange(18, 45), shift = instance.Range(0, 1);
        Rgb silver = Rgb.Grey(product.Range(0.6f, 0.85f));
        Texture face = (u, v) =>
        {
            Texel below = crystals(u, v);
            float bar = MathF.Abs(u * bars + shift - MathF.Floor(u * bars + shift) - 0.5f) / bars,
                finger = MathF.Abs(v * fingers - MathF.Floor(v * fingers) - 0.5f) / fingers;
            float share = MathF.Max(Math.Clamp((0.009f - bar) * 200, 0, 1), Math.Clamp((0.0022f - finger) * 300, 0, 0.5f));
            return below with { Colour = Rgb.Lerp(below.Colour, silver, share) };
        };
        scene.Surface(Turned(face, product, instance));
    }

    // Kinds below are kept from pretraining.

    public static void Cork(Scene scene, Rng product, Rng instance)
    {
        Rgb cork = Rgb.FromHsv(product.Range(0.07f, 0.1f), product.Range(0.4f, 0.6f), product.Range(0.6f, 0.8f));
        Texture crumbs = Materials.Speckled(cork, [cork * 0.75f, cork * 1.1f, cork * 0.5f, cork * 0.9f], product.LogRange(12, 26),
            product.Range(0.45f, 0.65f), 0.05f, instance);
        scene.Surface(crumbs);
    }

    public static void ChequerPlate(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        Texture ground = Materials.Cloudy(metal * 0.9f, metal, product.LogRange(10, 40), 3, 0.0015f, product.Range(0.4f, 0.8f), instance);
        scene.Surface(Patterns.Studded(ground, product.LogRange(4, 9), product.Range(0.5f, 0.65f), product.Range(0.13f, 0.2f),
            product.Range(0.006f, 0.012f), instance));
    }

    /// <summary>
    /// Turns a directed material to how it passes the camera: along a side as a rule, else at any angle of the
    /// product's.
    /// </summary>
    private static Texture Turned(Texture texture, Rng product, Rng instance)
    {
        float angle = product.Chance(0.85f) ? product.Int(0, 1) * MathF.PI / 2 : product.Angle();
        (float sin, float cos) = MathF.SinCos(angle + instance.Normal() * 0.015f);
        return (u, v) =>
        {
            (u, v) = (u - 0.5f, v - 0.5f);
            return texture(u * cos - v * sin + 0.5f, u * sin + v * cos + 0.5f);
        };
    }
}
