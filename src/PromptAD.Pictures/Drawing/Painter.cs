using System.Numerics;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace PromptAD.Pictures.Drawing;

/// <summary>
/// Puts parts into layers: Skia finds how much of each pixel a shape covers, plain code mixes the material in. One thread at a
/// time.
/// </summary>
internal sealed class Painter : IDisposable
{
    private readonly int _size;
    private readonly byte[] _coverage;
    private readonly float[] _blurred;
    private readonly float[] _line;
    private GCHandle _pin;
    private readonly SKSurface _surface;
    private readonly SKPaint _paint = new() { IsAntialias = true, Color = SKColors.White, StrokeJoin = SKStrokeJoin.Round };

    public Painter(int size)
    {
        _size = size;
        _coverage = new byte[size * size];
        _blurred = new float[size * size];
        _line = new float[size];
        _pin = GCHandle.Alloc(_coverage, GCHandleType.Pinned);
        _surface = SKSurface.Create(new SKImageInfo(size, size, SKColorType.Alpha8), _pin.AddrOfPinnedObject(), size);
    }

    public void Dispose()
    {
        _surface.Dispose();
        _paint.Dispose();
        if (_pin.IsAllocated) _pin.Free();
    }

    /// <summary>
    /// How much a shape covers each pixel, 0 to 255; valid until the next call. The box is empty where the shape is
    /// outside.
    /// </summary>
    public ReadOnlySpan<byte> Cover(Outline shape, Matrix3x2 pose, Outline? cut, out SKRectI box)
    {
        Matrix3x2 toPixels = pose * Matrix3x2.CreateScale(_size);
        float scale = MathF.Sqrt(MathF.Abs(toPixels.GetDeterminant()));
        using SKPath path = ToPath(shape, toPixels);
        SKRect bounds = path.Bounds;
        float margin = shape.Stroke * scale / 2 + 1;
        bounds.Inflate(margin, margin);
        box = SKRectI.Intersect(SKRectI.Ceiling(bounds), new SKRectI(0, 0, _size, _size));
        if (box.Width <= 0 || box.Height <= 0)
        {
            box = SKRectI.Empty;
            return _coverage;
        }
        for (int y = box.Top; y < box.Bottom; y++) _coverage.AsSpan(y * _size + box.Left, box.Width).Clear();
        _paint.Style = shape.Stroke > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill;
        _paint.StrokeWidth = shape.Stroke * scale;
        _paint.StrokeCap = SKStrokeCap.Round;
        _paint.BlendMode = SKBlendMode.SrcOver;
        _surface.Canvas.DrawPath(path, _paint);
        if (cut is not null) Erase(cut, toPixels);
        return _coverage;
    }

    public void Paint(Layers layers, Part part)
    {
        SKRectI box = new(0, 0, _size, _size);
        if (part.Shape is null) _coverage.AsSpan().Fill(255);
        else Cover(part.Shape, part.Pose, part.Cut, out box);
        if (box.IsEmpty) return;
        Profile profile = part.Profile;
        if (profile.Shape == ProfileShape.Bevel) Blur(box, profile.Width * part.Scale * _size);
        if (!Matrix3x2.Invert(part.Pose, out Matrix3x2 toPart)) return;
        (Vector2 min, Vector2 max) = part.Shape?.Bounds() ?? (Vector2.Zero, Vector2.One);
        Vector2 centre = (min + max) / 2, half = (max - min) / 2;
        bool isPrint = part.Role == PartRole.Print, isProduct = part.Role != PartRole.Background;
        float scale = part.Scale, pixel = 1f / _size;
        for (int y = box.Top; y < box.Bottom; y++)
        {
            for (int x = box.Left; x < box.Right; x++)
            {
                int i = y * _size + x;
                if (_coverage[i] == 0) continue;
                float share = _coverage[i] * (1 / 255f);
                var at = Vector2.Transform(new Vector2((x + 0.5f) * pixel, (y + 0.5f) * pixel), toPart);
                Texel texel = part.Texture(at.X, at.Y);
                layers.Tint(i, texel.Colour, share);
                layers.Gloss[i] += (texel.Gloss - layers.Gloss[i]) * share;
                if (isPrint) continue;
                float height = (profile.Level + profile.Height * Rise(profile.Shape, at - centre, half, _blurred[i])) * scale
                    + texel.Relief;
                layers.Height[i] += (height - layers.Height[i]) * share;
                if (isProduct) layers.Product[i] = MathF.Max(layers.Product[i], share);
            }
        }
    }

    /// <summary>
    /// A shape in picture coordinates with edges as soft as <paramref name="softness"/> (picture widths); valid until the next
    /// call.
    /// </summary>
    public ReadOnlySpan<float> Stamp(Outline shape, float softness, out SKRectI box)
    {
        Cover(shape, Matrix3x2.Identity, null, out box);
        if (box.IsEmpty) return _blurred;
        int margin = (int)MathF.Ceiling(softness * _size);
        SKRectI inner = box;
        box.Inflate(margin, margin);
        box.Intersect(new SKRectI(0, 0, _size, _size));
        for (int y = box.Top; y < box.Bottom; y++)
        {
            Span<byte> row = _coverage.AsSpan(y * _size, _size);
            bool isOutside = y < inner.Top || y >= inner.Bottom;
            row[box.Left..(isOutside ? box.Right : inner.Left)].Clear();
            if (!isOutside) row[inner.Right..box.Right].Clear();
        }
        if (margin > 0) Blur(box, softness * _size);
        else CopyCoverage(box);
        return _blurred;
    }

    private static float Rise(ProfileShape shape, Vector2 at, Vector2 half, float blurred)
    {
        switch (shape)
        {
            case ProfileShape.Bevel:
                float edge = Math.Clamp(blurred * 2 - 1, 0, 1);
                return edge * (2 - edge);
            case ProfileShape.Dome:
                return Round((at / half).LengthSquared());
            case ProfileShape.Cylinder:
                return Round(at.Y * at.Y / (half.Y * half.Y));
            case ProfileShape.Capsule:
                float past = MathF.Max(MathF.Abs(at.X) - (half.X - half.Y), 0);
                return Round((past * past + at.Y * at.Y) / (half.Y * half.Y));
            default:
                return 1;
        }
    }

    private static float Round(float squared) => MathF.Sqrt(MathF.Max(0, 1 - squared));

    private void Erase(Outline cut, Matrix3x2 toPixels)
    {
        using SKPath path = ToPath(cut, toPixels);
        _paint.Style = SKPaintStyle.Fill;
        _paint.BlendMode = SKBlendMode.DstOut;
        _surface.Canvas.DrawPath(path, _paint);
    }

    private static SKPath ToPath(Outline shape, Matrix3x2 toPixels)
    {
        using var builder = new SKPathBuilder { FillType = SKPathFillType.EvenOdd };
        Span<SKPoint> points = stackalloc SKPoint[256];
        foreach (Vector2[] contour in shape.Contours)
        {
            if (contour.Length > points.Length) points = new SKPoint[contour.Length];
            for (int i = 0; i < contour.Length; i++)
            {
                var point = Vector2.Transform(contour[i], toPixels);
                points[i] = new SKPoint(point.X, point.Y);
            }
            builder.AddPoly(points[..contour.Length], shape.Closed);
        }
        return builder.Detach();
    }

    /// <summary>Two box blurs of the coverage in the box; the middle of an edge comes out as one half.</summary>
    private void Blur(SKRectI box, float radius)
    {
        int r = Math.Max(1, (int)MathF.Round(radius / 2));
        CopyCoverage(box);
        for (int pass = 0; pass < 2; pass++)
        {
            for (int y = box.Top; y < box.Bottom; y++) BoxBlur.Line(_blurred, y * _size + box.Left, 1, box.Width, r, _line);
            for (int x = box.Left; x < box.Right; x++) BoxBlur.Line(_blurred, box.Top * _size + x, _size, box.Height, r, _line);
        }
    }

    private void CopyCoverage(SKRectI box)
    {
        for (int y = box.Top; y < box.Bottom; y++)
            for (int x = box.Left; x < box.Right; x++) _blurred[y * _size + x] = _coverage[y * _size + x] * (1 / 255f);
    }
}
