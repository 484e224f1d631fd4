using System.Numerics;

namespace PromptAD.Pictures.Drawing;

/// <summary>One lamp and the sky around it.</summary>
/// <param name="Direction">Towards the lamp, of length 1; z points at the camera.</param>
/// <param name="Ambient">Share of light that comes from everywhere.</param>
/// <param name="Shine">Strength of mirrored light on a glossy surface.</param>
/// <param name="Sharpness">How many times the cosine of the mirrored lamp is squared: 2 (broad) to 6 (a point).</param>
/// <param name="Shadow">Darkness of cast shadows, 0 to 1.</param>
internal sealed record Light(Vector3 Direction, float Ambient, float Shine, int Sharpness, float Shadow)
{
    private const int ShadowSteps = 6;
    private const float ShadowReach = 0.12f;

    /// <summary>The lamp of a product's place of inspection, a little different for each picture.</summary>
    public static Light Draw(Rng product, Rng instance, float wear)
    {
        float angle = product.Angle() + instance.Normal() * (0.04f + 0.25f * wear);
        float tilt = product.Range(0.35f, 1.25f);
        (float sin, float cos) = MathF.SinCos(angle);
        var direction = Vector3.Normalize(new Vector3(cos * tilt, sin * tilt, 1));
        return new Light(direction, product.Range(0.25f, 0.65f), product.Range(0.3f, 1f), product.Int(2, 5), product.Range(0.1f, 0.75f));
    }

    /// <summary>
    /// Lights the layers into a picture of values 0 to 1 (and above, in highlights), the three channels one after
    /// another.
    /// </summary>
    public void Shade(Layers layers, Span<float> picture, float[] shadow, float[] line)
    {
        int size = layers.Size, plane = size * size;
        Cast(layers, shadow, line);
        Vector3 half = Vector3.Normalize(Direction + Vector3.UnitZ);
        float[] height = layers.Height;
        float perFlat = (1 - Ambient) / Direction.Z, slope = size / 2f;
        for (int y = 0; y < size; y++)
        {
            int row = y * size, above = y > 0 ? row - size : row, below = y < size - 1 ? row + size : row;
            for (int x = 0; x < size; x++)
            {
                int i = row + x, left = x > 0 ? -1 : 0, right = x < size - 1 ? 1 : 0;
                float dx = (height[i + right] - height[i + left]) * slope, dy = (height[below + x] - height[above + x]) * slope;
                // A step of one pixel is steeper than anything is; as steep as it stands it would outline every part in black.
                float steep = 1 / (1 + 0.6f * MathF.Sqrt(dx * dx + dy * dy));
                (dx, dy) = (dx * steep, dy * steep);
                float normal = 1 / MathF.Sqrt(1 + dx * dx + dy * dy);
                float lit = MathF.Max(0, Direction.Z - dx * Direction.X - dy * Direction.Y) * normal;
                float open = 1 - shadow[i];
                float shade = MathF.Min(Ambient * (0.5f + 0.5f * normal) + perFlat * lit * open, 1.7f);
                float mirrored = MathF.Max(0, half.Z - dx * half.X - dy * half.Y) * normal;
                for (int n = 0; n < Sharpness; n++) mirrored *= mirrored;
                float shine = layers.Gloss[i] * Shine * mirrored * open;
                picture[i] = layers.R[i] * shade + shine;
                picture[i + plane] = layers.G[i] * shade + shine;
                picture[i + 2 * plane] = layers.B[i] * shade + shine;
            }
        }
    }

    /// <summary>Looks from each pixel towards the lamp for something that stands higher than the ray.</summary>
    private void Cast(Layers layers, float[] shadow, float[] line)
    {
        int size = layers.Size;
        float[] height = layers.Height;
        if (height.AsSpan().IndexOfAnyExceptInRange(-0.012f, 0.012f) < 0)
        {
            shadow.AsSpan().Clear();
            return;
        }
        float flat = MathF.Sqrt(Direction.X * Direction.X + Direction.Y * Direction.Y);
        float rise = Direction.Z / MathF.Max(flat, 0.2f);
        Span<int> offsetX = stackalloc int[ShadowSteps], offsetY = stackalloc int[ShadowSteps];
        Span<float> climb = stackalloc float[ShadowSteps];
        for (int n = 0; n < ShadowSteps; n++)
        {
            float reach = ShadowReach * (n + 1) * (n + 1) / (ShadowSteps * ShadowSteps);
            offsetX[n] = (int)MathF.Round(reach * size * Direction.X / flat);
            offsetY[n] = (int)MathF.Round(reach * size * Direction.Y / flat);
            climb[n] = reach * rise;
        }
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                float own = height[y * size + x], over = 0;
                for (int n = 0; n < ShadowSteps; n++)
                {
                    int sx = Math.Clamp(x + offsetX[n], 0, size - 1), sy = Math.Clamp(y + offsetY[n], 0, size - 1);
                    over = MathF.Max(over, height[sy * size + sx] - own - climb[n]);
                }
                shadow[y * size + x] = Shadow * MathF.Min(over * 60, 1);
            }
        }
        BoxBlur.Plane(shadow, size, Math.Max(1, size / 80), 1, line);
    }
}
