using System.Numerics;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Defects;

/// <summary>Finds places on a painted product.</summary>
internal static class Spots
{
    private const int Tries = 200;

    /// <summary>The side of a square as large as the product, in picture widths.</summary>
    public static float Span(Layers layers)
    {
        float sum = 0;
        foreach (float share in layers.Product) sum += share;
        return MathF.Sqrt(MathF.Max(sum / layers.Product.Length, 0.01f));
    }

    /// <summary>A point well on the product, or the middle of the picture.</summary>
    public static Vector2 Inside(Layers layers, Rng rng)
    {
        int size = layers.Size;
        for (int i = 0; i < Tries; i++)
        {
            var at = new Vector2(rng.Range(0.06f, 0.94f), rng.Range(0.06f, 0.94f));
            if (layers.Product[(int)(at.Y * size) * size + (int)(at.X * size)] > 0.95f) return at;
        }
        return new Vector2(0.5f);
    }

    /// <summary>
    /// A point on the product's outline: a walk from a point on it towards the outside. Without an outline, any point on
    /// it.
    /// </summary>
    public static Vector2 OnEdge(Layers layers, Rng rng)
    {
        int size = layers.Size;
        for (int i = 0; i < Tries; i++)
        {
            Vector2 at = Inside(layers, rng), step = rng.Direction() / size;
            while (at.X is > 0.03f and < 0.97f && at.Y is > 0.03f and < 0.97f)
            {
                if (layers.Product[(int)(at.Y * size) * size + (int)(at.X * size)] < 0.5f) return at;
                at += step;
            }
        }
        return Inside(layers, rng);
    }
}
