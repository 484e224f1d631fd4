using System.Numerics;

namespace PromptAD.Pictures.Drawing;

/// <summary>A shape of polygons: filled by the even-odd rule or, with a <paramref name="Stroke"/> width, drawn along its lines.</summary>
internal sealed record Outline(Vector2[][] Contours, float Stroke = 0, bool Closed = true)
{
    public static Outline Polygon(params Vector2[] points) => new([points]);

    public static Outline Rectangle(float width, float height, float corner = 0) => new([RoundRectangle(width, height, corner)]);

    public static Outline Disc(float radius) => new([Circle(radius)]);

    public static Outline Ellipse(float radiusX, float radiusY) => new([Circle(1, radiusX, radiusY)]);

    public static Outline Ring(float outer, float inner) => new([Circle(outer), Circle(inner)]);

    public static Outline Regular(int corners, float radius) => new([Circle(radius, corners: corners)]);

    public static Outline Lines(float width, params Vector2[][] lines) => new(lines, width, Closed: false);

    /// <summary>A closed curve whose radius follows the angle.</summary>
    public static Outline Polar(int points, Func<float, float> radius) => new([PolarContour(points, radius)]);

    public static Vector2[] PolarContour(int points, Func<float, float> radius)
    {
        var contour = new Vector2[points];
        for (int i = 0; i < points; i++)
        {
            float angle = MathF.Tau * i / points;
            (float sin, float cos) = MathF.SinCos(angle);
            contour[i] = radius(angle) * new Vector2(cos, sin);
        }
        return contour;
    }

    public static Vector2[] Circle(float radius, float scaleX = 1, float scaleY = 1, int corners = 48)
    {
        var points = PolarContour(corners, _ => radius);
        for (int i = 0; i < corners; i++) points[i] *= new Vector2(scaleX, scaleY);
        return points;
    }

    /// <summary>The same shape elsewhere; a stroke keeps its width.</summary>
    public Outline Moved(Matrix3x2 transform) =>
        this with { Contours = [.. Contours.Select(c => c.Select(p => Vector2.Transform(p, transform)).ToArray())] };

    /// <summary>Two shapes as one, by the even-odd rule.</summary>
    public Outline With(Outline other) => this with { Contours = [.. Contours, .. other.Contours] };

    /// <summary>The corners of the bounding box, strokes included.</summary>
    public (Vector2 Min, Vector2 Max) Bounds()
    {
        var min = new Vector2(float.MaxValue);
        var max = new Vector2(float.MinValue);
        foreach (var contour in Contours)
        {
            foreach (var point in contour)
            {
                min = Vector2.Min(min, point);
                max = Vector2.Max(max, point);
            }
        }
        return (min - new Vector2(Stroke / 2), max + new Vector2(Stroke / 2));
    }

    private static Vector2[] RoundRectangle(float width, float height, float corner)
    {
        float x = width / 2 - corner, y = height / 2 - corner;
        Vector2[] centres = [new(x, y), new(-x, y), new(-x, -y), new(x, -y)];
        if (corner <= 0) return centres;
        const int steps = 8;
        var points = new Vector2[4 * (steps + 1)];
        for (int i = 0; i < points.Length; i++)
        {
            int quarter = i / (steps + 1);
            float angle = MathF.PI / 2 * (quarter + (float)(i % (steps + 1)) / steps);
            (float sin, float cos) = MathF.SinCos(angle);
            points[i] = centres[quarter] + corner * new Vector2(cos, sin);
        }
        return points;
    }
}
