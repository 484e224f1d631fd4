using System.Numerics;
using PromptAD.Pictures.Drawing;
using PromptAD.Pictures.Textures;

namespace PromptAD.Pictures.Kinds;

/// <summary>Machine parts: what turns, holds and seals.</summary>
internal static class Fasteners
{
    public static void Washer(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        float hole = product.Range(0.15f, 0.33f), height = product.Range(0.03f, 0.08f), frequency = product.Range(20, 80),
            gloss = product.Range(0.3f, 0.9f);
        scene.Describe("metal");
        Placement.Lay(scene, product, instance, s =>
            s.Body(Outline.Ring(0.5f, hole), Materials.Streaked(metal, frequency, 8, 0.12f, gloss, instance), Profile.Bevel(height, 0.05f)),
                most: 9);
    }

    public static void SealRing(Scene scene, Rng product, Rng instance)
    {
        Rgb rubber = product.Chance(0.6f) ? Rgb.Grey(product.Range(0.07f, 0.2f)) : Colours.Any(product);
        float inner = product.Range(0.3f, 0.43f), squash = product.Range(0.8f, 1), gloss = product.Range(0.1f, 0.8f);
        scene.Describe(rubber);
        Placement.Lay(scene, product, instance, s =>
        {
            Outline ring = Outline.Ring(0.5f, inner).Moved(Matrix3x2.CreateScale(1, squash));
            s.Body(ring, Materials.Plain(rubber, instance, gloss, 0.06f), Profile.Bevel((0.5f - inner) * 0.5f, (0.5f - inner) * 0.5f));
        }, most: 6);
    }

    public static void Nut(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        int corners = product.Chance(0.6f) ? 6 : product.Int(4, 8);
        float bore = product.Range(0.18f, 0.3f), height = product.Range(0.1f, 0.25f), gloss = product.Range(0.3f, 0.9f),
            wave = product.Chance(0.3f) ? 0.07f : 0;
        scene.Describe("metal");
        Placement.Lay(scene, product, instance, s =>
        {
            Texture steel = Materials.Cloudy(metal * 0.85f, metal, 14, 3, 0.001f, gloss, instance);
            Outline shape = wave > 0 ? Outline.Polar(72, a => 0.43f + wave * MathF.Cos(corners * a)) : Outline.Regular(corners, 0.5f);
            s.Body(shape with { Contours = [.. shape.Contours, Outline.Circle(bore)] }, steel, Profile.Bevel(height, 0.06f));
            s.Detail(Outline.Ring(bore + 0.08f, bore), Materials.Cloudy(metal * 0.95f, metal * 1.1f, 20, 2, 0, gloss, instance),
                Profile.Bevel(0.03f, 0.03f).On(height));
            for (int turn = 0; turn < 3; turn++)
            {
                float edge = bore - 0.02f * turn, shade = 0.55f - 0.15f * turn;
                s.Body(Outline.Ring(edge + 0.012f, edge - 0.004f), Materials.Plain(metal * shade, instance, gloss),
                    Profile.Flat(height * shade));
            }
        }, most: 6);
    }

    public static void Screw(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        float head = product.Range(0.12f, 0.2f), core = product.Range(0.05f, 0.08f), headLength = product.Range(0.08f, 0.18f),
            gloss = product.Range(0.3f, 0.9f);
        float smooth = product.Range(0, 0.3f);
        int turns = product.Int(9, 18);
        bool isConical = product.Chance(0.4f), isPointed = product.Chance(0.6f);
        scene.Describe("metal");
        Placement.Lay(scene, product, instance, s =>
        {
            Texture steel = Materials.Streaked(metal, 40, 5, 0.15f, gloss, instance);
            float left = -0.5f + headLength, tip = isPointed ? 0.36f : 0.47f, start = left + smooth * 0.5f;
            s.Body(Outline.Polygon(new(left - 0.02f, -core), new(tip, -core), new(0.5f, isPointed ? 0 : -core * 0.8f),
                new(0.5f, isPointed ? 0.004f : core * 0.8f), new(tip, core), new(left - 0.02f, core)),
                steel, Profile.Cylinder(core));
            for (int n = 0; n < turns; n++)
            {
                float x = start + (tip - start) * (n + 0.5f) / turns, half = (tip - start) / turns * 0.3f, lean = half * 0.9f;
                float reach = core * 1.35f;
                s.Body(Outline.Polygon(new(x - half + lean, -reach), new(x + half + lean, -reach), new(x + half - lean, reach),
                    new(x - half - lean, reach)), steel, Profile.Cylinder(reach));
            }
            Outline cap = isConical
                ? Outline.Polygon(new(-0.5f, -head), new(-0.46f, -head), new(left, -core), new(left, core), new(-0.46f, head),
                    new(-0.5f, head))
                : Outline.Rectangle(headLength, 2 * head, 0.03f).Moved(Matrix3x2.CreateTranslation(-0.5f + headLength / 2, 0));
            s.Detail(cap, Materials.Streaked(metal, 30, 4, 0.1f, gloss, instance), Profile.Cylinder(head));
        }, most: 5, aspect: 0.4f, isRound: false);
    }

    public static void ScrewHead(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        float height = product.Range(0.06f, 0.2f), gloss = product.Range(0.4f, 0.9f), width = product.Range(0.06f, 0.1f);
        int drive = product.Int(0, 3);
        scene.Describe("metal");
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Disc(0.5f), Materials.Streaked(metal, 40, 10, 0.12f, gloss, instance), Profile.Bevel(height, 0.16f));
            Texture slot = Materials.Plain(metal * 0.3f, instance, 0.1f, 0.1f);
            Outline recess = drive switch
            {
                0 => Outline.Rectangle(0.85f, width),
                1 => Cross(0.28f, width),
                2 => Outline.Regular(6, 0.22f),
                _ => Outline.Polar(72, a => 0.2f + 0.06f * MathF.Cos(6 * a)),
            };
            s.Detail(recess, slot, Profile.Flat(height * 0.3f));
        }, most: 6);
    }

    public static void Bearing(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        int balls = product.Int(7, 14);
        float bore = product.Range(0.16f, 0.22f), gloss = product.Range(0.5f, 1), middle = (bore + 0.07f + 0.42f) / 2,
            radius = (0.42f - bore - 0.07f) * 0.46f;
        Rgb groove = Rgb.Grey(product.Range(0.08f, 0.25f));
        scene.Describe("steel");
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Ring(0.44f, bore + 0.04f), Materials.Plain(groove, instance, 0.1f), Profile.Flat(0.03f));
            s.Body(Outline.Ring(0.5f, 0.41f), Materials.Streaked(metal, 40, 8, 0.08f, gloss, instance), Profile.Bevel(0.12f, 0.02f));
            s.Body(Outline.Ring(bore + 0.08f, bore), Materials.Streaked(metal, 40, 8, 0.08f, gloss, instance), Profile.Bevel(0.12f, 0.02f));
            float start = instance.Angle();
            for (int n = 0; n < balls; n++)
            {
                (float sin, float cos) = MathF.SinCos(start + MathF.Tau * n / balls);
                s.Detail(Outline.Disc(MathF.Min(radius, 2.6f * middle / balls)), Materials.Plain(metal * 1.1f, instance, 1),
                    Profile.Dome(0.08f).On(0.03f),
                    Matrix3x2.CreateTranslation(cos * middle, sin * middle));
            }
        }, most: 3);
    }

    public static void Spring(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = Colours.Metal(product);
        int turns = product.Int(6, 14);
        float radius = product.Range(0.1f, 0.22f), wire = product.Range(0.25f, 0.5f) / turns, gloss = product.Range(0.4f, 1);
        scene.Describe("steel");
        Placement.Lay(scene, product, instance, s =>
        {
            for (int n = 0; n <= turns; n++)
            {
                float x = -0.47f + 0.94f * n / turns, lean = 0.3f / turns;
                var coil = new Vector2[] { new(x - lean, -radius), new(x, -radius * 0.3f), new(x + lean, radius) };
                s.Body(Outline.Lines(wire, coil), Materials.Plain(metal, instance, gloss, 0.1f),
                    Profile.Bevel(wire * 0.9f, wire * 0.5f).On(radius * 0.4f));
            }
        }, most: 4, aspect: 0.45f, isRound: false);
    }

    public static void Bracket(Scene scene, Rng product, Rng instance)
    {
        Rgb metal = product.Chance(0.7f) ? Colours.Metal(product) : Colours.Any(product);
        float width = product.Range(0.3f, 0.8f), corner = product.Range(0.02f, 0.12f), hole = product.Range(0.04f, 0.08f),
            height = product.Range(0.03f, 0.08f);
        int columns = product.Int(1, 4), rows = width > 0.5f ? product.Int(1, 3) : 1;
        float gloss = product.Range(0.2f, 0.8f);
        bool isSlotted = product.Chance(0.4f);
        scene.Describe("metal");
        Placement.Lay(scene, product, instance, s =>
        {
            s.Body(Outline.Rectangle(1, width, corner), Materials.Streaked(metal, 60, 12, 0.15f, gloss, instance),
                Profile.Bevel(height, 0.02f));
            for (int n = 0; n < columns * rows; n++)
            {
                var at = new Vector2((n % columns + 0.5f) / columns - 0.5f, ((n / columns + 0.5f) / rows - 0.5f) * width);
                Outline bore = isSlotted ? Outline.Rectangle(hole * 3, hole, hole / 2 - 0.001f) : Outline.Disc(hole);
                s.Detail(bore, Materials.Plain(Rgb.Grey(0.07f), instance, 0), Profile.Flat(), Matrix3x2.CreateTranslation(at));
            }
        }, most: 3, aspect: width, isRound: false);
    }

    // Kept from pretraining.

    public static void Gear(Scene scene, Rng product, Rng instance)
    {
        Rgb colour = product.Chance(0.6f) ? Colours.Metal(product) : Colours.Any(product);
        int teeth = product.Int(10, 24), holes = product.Int(0, 6);
        float depth = product.Range(0.04f, 0.07f), bore = product.Range(0.07f, 0.13f), gloss = product.Range(0.2f, 0.8f);
        scene.Describe(colour);
        Placement.Lay(scene, product, instance, s =>
        {
            Outline rim = Outline.Polar(teeth * 12, a => 0.5f - depth + depth * Math.Clamp(2.2f * MathF.Sin(teeth * a), -1, 1));
            s.Body(rim.With(Outline.Disc(bore)), Materials.Streaked(colour, 50, 8, 0.08f, gloss, instance), Profile.Bevel(0.08f, 0.02f));
            s.Detail(Outline.Ring(bore + 0.07f, bore), Materials.Plain(colour * 1.05f, instance, gloss),
                Profile.Bevel(0.05f, 0.02f).On(0.08f));
            for (int n = 0; n < holes; n++)
            {
                (float sin, float cos) = MathF.SinCos(MathF.Tau * n / holes);
                s.Detail(Outline.Disc(0.055f), Materials.Plain(Rgb.Grey(0.07f), instance, 0), Profile.Flat(),
                    Matrix3x2.CreateTranslation(0.27f * cos, 0.27f * sin));
            }
        }, most: 3);
    }

    private static Outline Cross(float reach, float width)
    {
        float half = width / 2;
        return Outline.Polygon(
            new(-reach, -half), new(-half, -half), new(-half, -reach), new(half, -reach), new(half, -half), new(reach, -half),
            new(reach, half), new(half, half), new(half, reach), new(-half, reach), new(-half, half), new(-reach, half));
    }
}
