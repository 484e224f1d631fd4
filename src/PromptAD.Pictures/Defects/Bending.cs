using System.Numerics;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Defects;

/// <summary>Moves the product's pixels out of place, over an untouched ground.</summary>
internal sealed class Bending
{
    private readonly Vector2 _pivot, _along;
    private readonly float _angle, _reach, _push;

    private Bending(Vector2 pivot, Vector2 along, float angle, float reach, float push) =>
        (_pivot, _along, _angle, _reach, _push) = (pivot, along, angle, reach, push);

    /// <summary>Objects are bent at one end; patterns are pushed aside at one place.</summary>
    public static Bending Draw(Rng rng, Vector2 at, float span, bool isSurface, float strength)
    {
        Vector2 along = rng.Direction();
        if (isSurface) return new Bending(at, along, 0, rng.LogRange(0.04f, 0.12f), rng.Range(0.5f, 1) * MathF.Min(strength, 1.6f));
        Vector2 outward = Vector2.Normalize(at - new Vector2(0.5f) + along * 0.05f);
        return new Bending(Vector2.Lerp(at, new Vector2(0.5f), 0.4f), outward, rng.Sign() * rng.Range(0.15f, 0.6f) * strength, 0.3f * span,
            0);
    }

    /// <param name="straight">The ground with the product.</param>
    /// <param name="ground">The ground without it, or with others of its sort.</param>
    /// <param name="bent">Gets the result.</param>
    public void Apply(Layers straight, Layers ground, Layers bent)
    {
        int size = straight.Size;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                var here = new Vector2(x + 0.5f, y + 0.5f) / size;
                Vector2 from = Source(here) * size - new Vector2(0.5f);
                Move(straight, ground, bent, y * size + x, from);
            }
        }
    }

    private Vector2 Source(Vector2 here)
    {
        Vector2 offset = here - _pivot;
        if (_push > 0)
        {
            float near = MathF.Exp(-offset.LengthSquared() / (2 * _reach * _reach));
            return here - _along * (_push * _reach * near);
        }
        float beyond = Math.Clamp(Vector2.Dot(offset, _along) / _reach, 0, 1);
        return beyond == 0 ? here : Vector2.Transform(here, Matrix3x2.CreateRotation(-_angle * beyond * beyond, _pivot));
    }

    private static void Move(Layers straight, Layers ground, Layers bent, int pixel, Vector2 from)
    {
        int size = straight.Size;
        float fx = Math.Clamp(from.X, 0, size - 1.001f), fy = Math.Clamp(from.Y, 0, size - 1.001f);
        int x = (int)fx, y = (int)fy, i = y * size + x;
        (fx, fy) = (fx - x, fy - y);
        float Sample(float[] plane) =>
            (plane[i] * (1 - fx) + plane[i + 1] * fx) * (1 - fy) + (plane[i + size] * (1 - fx) + plane[i + size + 1] * fx) * fy;
        bool isStill = pixel == i && fx < 1e-3f && fy < 1e-3f;
        float share = Sample(straight.Product);
        // Where nothing moves, an edge is mixed with its ground already; once more would make it thinner.
        if (isStill && share > 0) share = 1;
        for (int p = 0; p < straight.Planes.Length; p++)
        {
            float below = ground.Planes[p][pixel];
            bent.Planes[p][pixel] = below + (Sample(straight.Planes[p]) - below) * share;
        }
    }
}
