using System.Numerics;
using PromptAD.Pictures.Drawing;
using PromptAD.Pictures.Textures;

namespace PromptAD.Pictures.Kinds;

/// <summary>Where objects lie in the picture, and on what.</summary>
internal static class Placement
{
    private const float FixtureTurn = 0.01f, FixtureShift = 0.004f; // radians, parts of the picture
    /// <summary>
    /// Poses for the product's objects: how many, how large and how free is the product's, where exactly is the picture's.
    /// An object is drawn about 1 across in its own coordinates; <paramref name="aspect"/> is its height over its width, and a round one
    /// looks natural at any turn.
    /// </summary>
    public static List<Matrix3x2> Draw(
        Rng product, Rng instance, int most = 1, float aspect = 1, bool isRound = true, bool inFixture = false)
    {
        int count = most == 1 || product.Chance(0.6f) ? 1 : product.Int(2, most);
        float freedom = product.Chance(isRound ? 0.55f : 0.4f) ? MathF.PI : product.Range(0.01f, 0.12f);
        float upright = product.Chance(0.5f) ? 0 : product.Int(0, 3) * MathF.PI / 2 + (product.Chance(0.3f) ? product.Angle() : 0);
        float drift = product.Range(0.005f, 0.05f), growth = product.Range(0, 0.05f);
        if (inFixture) (count, freedom, drift, growth) = (1, FixtureTurn, FixtureShift, 0);
        float size = count == 1 ? product.Range(0.62f, 0.96f) : product.Range(0.72f, 0.92f);
        int columns = (int)MathF.Ceiling(MathF.Sqrt(count * (aspect < 0.6f ? 0.5f : 1))), rows = (count + columns - 1) / columns;
        var poses = new List<Matrix3x2>(count);
        for (int i = 0; i < count; i++)
        {
            var cell = new Vector2((i % columns + 0.5f) / columns, (i / columns + 0.5f) / rows);
            float room = count == 1 ? 1 : MathF.Min(1f / columns, 1f / rows / MathF.Max(aspect, freedom > 1 ? 1 : 0));
            float scale = size * room * (1 + instance.Normal() * growth);
            Vector2 shift = new Vector2(instance.Normal(), instance.Normal()) * drift * room;
            float turn = upright + instance.Range(-freedom, freedom);
            poses.Add(Matrix3x2.CreateScale(scale) * Matrix3x2.CreateRotation(turn) * Matrix3x2.CreateTranslation(cell + shift));
        }
        return poses;
    }

    /// <summary>Adds what the objects lie on, then runs <paramref name="draw"/> for each object.</summary>
    public static void Lay(Scene scene, Rng product, Rng instance, Action<Scene> draw, int most = 1, float aspect = 1, bool isRound = true)
    {
        scene.Ground(Ground(product, instance));
        foreach (Matrix3x2 pose in Draw(product, instance, most, aspect, isRound, scene.InFixture))
        {
            scene.Begin(pose);
            draw(scene);
        }
    }

    private static Texture Ground(Rng product, Rng instance)
    {
        float kind = product.Unit();
        if (kind < 0.35f) return Materials.Plain(Colours.Tinted(product, product.Range(0.75f, 0.97f)), instance, 0,
            product.Range(0.01f, 0.05f));
        if (kind < 0.5f) return Materials.Plain(Rgb.Grey(product.Range(0.02f, 0.12f)), instance, 0, product.Range(0.02f, 0.2f));
        if (kind < 0.65f) return Materials.Plain(Colours.Any(product), instance, 0.1f, product.Range(0.02f, 0.08f));
        Rgb colour = Colours.Tinted(product, product.Range(0.15f, 0.85f));
        if (kind < 0.78f) return Materials.Cloudy(colour * 0.85f, colour, product.LogRange(4, 30), 3, product.Range(0, 0.003f), 0.05f,
            instance);
        if (kind < 0.88f) return Materials.Streaked(colour, product.LogRange(40, 120), product.LogRange(3, 30), product.Range(0.05f, 0.25f),
            0.2f, instance);
        if (kind < 0.94f) return Materials.Wood(product, instance);
        return Patterns.Woven(colour, colour * 0.8f, product, instance);
    }
}
