using System.Numerics;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Defects;

/// <summary>What normal products have too: streaks, smudges, specks, scuffs and water marks, all of them faint.</summary>
internal static class Blemishes
{
    /// <summary>Draws the marks of one picture. Which sorts a product has is its own; how many and where differs.</summary>
    /// <param name="product">Fixed for the product.</param>
    /// <param name="instance">Of this picture.</param>
    /// <param name="wear">0 for spotless, 1 for a rough line.</param>
    public static List<Mark> Draw(Rng product, Rng instance, float wear)
    {
        var marks = new List<Mark>();
        float streaks = Amount(product, 6, wear), smudges = Amount(product, 4, wear), specks = Amount(product, 14, wear),
            scuffs = Amount(product, 2, wear);
        float along = product.Angle(), depth = 0.05f + 0.12f * wear;
        for (int n = Count(instance, streaks); n > 0; n--)
        {
            Vector2[] line = Mark.Wander(instance, Place(instance), instance.Range(0.3f, 1.2f), along + instance.Normal() * 0.04f, 0.05f,
                0);
            marks.Add(Faint(Mark.Tapered(line, instance.LogRange(0.004f, 0.03f)), 0.004f, instance, depth));
        }
        for (int n = Count(instance, smudges); n > 0; n--)
        {
            float radius = instance.LogRange(0.05f, 0.25f);
            Outline shape = Mark.Blot(instance, Place(instance), radius, instance.Range(0.2f, 0.8f), instance.LogRange(1, 2.5f));
            marks.Add(Faint(instance.Chance(0.2f) ? shape with { Stroke = 0.008f }
                : shape, radius * instance.Range(0.2f, 0.8f), instance, depth * 0.9f));
        }
        for (int n = Count(instance, specks); n > 0; n--)
            marks.Add(Faint(Mark.Blot(instance, Place(instance), instance.LogRange(0.002f, 0.006f), 0.4f), 0, instance, depth * 1.6f));
        for (int n = Count(instance, scuffs); n > 0; n--) Scuff(marks, instance, depth);
        return marks;
    }

    private static void Scuff(List<Mark> marks, Rng instance, float depth)
    {
        Vector2 at = Place(instance);
        float angle = instance.Angle(), length = instance.Range(0.04f, 0.15f);
        for (int n = instance.Int(3, 9); n > 0; n--)
        {
            Vector2 start = at + new Vector2(instance.Normal(), instance.Normal()) * length * 0.3f;
            marks.Add(Faint(Mark.Tapered(Mark.Wander(instance, start, length, angle, 0.2f, 0, 8), 0.003f), 0, instance, depth));
        }
    }

    private static float Amount(Rng product, float most, float wear) =>
        product.Chance(0.15f + 0.55f * wear) ? product.Range(0.3f, 1) * most * (0.2f + wear) : 0;

    private static int Count(Rng instance, float mean) => (int)(mean * instance.Range(0.3f, 1.7f) + 0.5f);

    private static Vector2 Place(Rng instance) => new(instance.Unit(), instance.Unit());

    private static Mark Faint(Outline shape, float softness, Rng instance, float depth) =>
        new(shape)
        {
            Softness = softness,
            Brightness = 1 + instance.Sign() * instance.Range(0.3f, 1) * depth,
            Grain = instance.Range(0, 0.6f)
        };
}
