using System.Numerics;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Defects;

/// <summary>Defects that are marks on a finished surface.</summary>
/// <param name="Rng">Draws the marks.</param>
/// <param name="At">Where the defect is, in picture coordinates.</param>
/// <param name="Span">How large the product is: 1 where it fills the picture.</param>
/// <param name="Strength">About 1; more makes it larger in contrast.</param>
/// <param name="Ground">Colour of the product at that place.</param>
internal readonly record struct SurfaceDefects(Rng Rng, Vector2 At, float Span, float Strength, Rgb Ground)
{
    /// <summary>The marks of a defect; none where it is not a matter of marks.</summary>
    public IEnumerable<Mark> Draw(DefectKind defect) => defect switch
    {
        DefectKind.Scratch => Scratch(),
        DefectKind.Crack => Crack(),
        DefectKind.Hole => Hole(),
        DefectKind.Stain => Stain(),
        DefectKind.Contamination => Contamination(),
        DefectKind.Dent => Dent(),
        DefectKind.Chip => Crater(),
        DefectKind.Tear => Tear(),
        DefectKind.LooseThread => Thread(),
        DefectKind.Burn => Burn(),
        DefectKind.Discolouration => Discolouration(),
        DefectKind.Fold => Fold(),
        _ => [],
    };

    private float Soft(float share) => MathF.Min(1, share * Strength);

    /// <summary>A colour clearly darker or brighter than what is there.</summary>
    private Rgb Contrasting()
    {
        bool darker = Ground.Luminance > 0.6f || (Ground.Luminance > 0.25f && Rng.Chance(0.5f));
        float value = darker ? Ground.Luminance * Rng.Range(0.1f, 0.5f) : Ground.Luminance + (1 - Ground.Luminance) * Rng.Range(0.5f, 1f);
        return Rng.Chance(0.5f) ? Rgb.FromHsv(Rng.Unit(), Rng.Range(0.1f, 0.8f), Math.Clamp(value * 1.2f, 0, 1)) : Rgb.Grey(value);
    }

    private List<Mark> Scratch()
    {
        int count = Rng.Chance(0.55f) ? 1 : Rng.Int(2, 6);
        float angle = Rng.Angle(), length = Rng.LogRange(0.12f, 0.6f) * Span, width = Rng.LogRange(0.004f, 0.016f);
        bool isBright = Ground.Luminance < 0.75f && Rng.Chance(0.6f);
        Rgb colour = isBright ? Rgb.Lerp(Ground, Rgb.Grey(0.95f), 0.75f) : Ground * 0.3f;
        var marks = new List<Mark>();
        for (int n = 0; n < count; n++)
        {
            Vector2 start = At + new Vector2(Rng.Normal(), Rng.Normal()) * 0.02f * count - length / 2
                * new Vector2(MathF.Cos(angle), MathF.Sin(angle));
            Vector2[] line = Mark.Wander(Rng, start, length * Rng.Range(0.5f, 1), angle + Rng.Normal() * 0.08f, Rng.Range(0, 0.35f), 0);
            marks.Add(new Mark(Mark.Tapered(line, width * Rng.Range(0.6f, 1)))
            {
                Colour = colour,
                Opacity = Soft(0.6f),
                Height = -0.004f * Strength,
                Grain = Rng.Range(0, 0.7f)
            });
        }
        return marks;
    }

    private List<Mark> Crack()
    {
        float angle = Rng.Angle(), length = Rng.LogRange(0.2f, 0.8f) * Span, width = Rng.LogRange(0.006f, 0.018f),
            jag = Rng.Range(0.3f, 0.8f);
        Vector2 start = At - length / 2 * new Vector2(MathF.Cos(angle), MathF.Sin(angle));
        Vector2[] trunk = Mark.Wander(Rng, start, length, angle, 0.4f, jag, 36);
        Rgb dark = Ground * Rng.Range(0.05f, 0.4f);
        var marks = new List<Mark> { CrackLine(trunk, width, dark) };
        int branches = Rng.Int(0, 4);
        for (int n = 0; n < branches; n++)
        {
            Vector2 from = trunk[Rng.Int(4, 30)];
            float turned = angle + Rng.Sign() * Rng.Range(0.4f, 1.2f);
            marks.Add(CrackLine(Mark.Wander(Rng, from, length * Rng.Range(0.1f, 0.4f), turned, 0.4f, jag, 16), width * 0.7f, dark));
        }
        return marks;
    }

    private Mark CrackLine(Vector2[] line, float width, Rgb dark) =>
        new(Mark.Tapered(line, width)) { Colour = dark, Opacity = Soft(0.85f), Height = -0.006f * Strength, Gloss = 0 };

    private List<Mark> Hole()
    {
        var marks = new List<Mark>();
        int count = Rng.Chance(0.7f) ? 1 : Rng.Int(2, 5);
        float radius = Rng.LogRange(0.012f, 0.08f) * (0.3f + 0.7f * Span) / MathF.Sqrt(count), ragged = Rng.Range(0, 0.6f);
        Rgb inside = Rng.Chance(0.75f) ? Rgb.Grey(Ground.Luminance * 0.15f) : Rgb.Grey(Ground.Luminance < 0.5f ? 0.9f : 0.1f);
        for (int n = 0; n < count; n++)
        {
            Vector2 at = At + (n == 0 ? Vector2.Zero : Rng.Direction() * Rng.Range(0.05f, 0.15f) * Span);
            Outline shape = Mark.Blot(Rng, at, radius * Rng.Range(0.7f, 1), ragged, Rng.Range(1, 1.4f));
            marks.Add(new Mark(shape) { Softness = radius * 0.7f, Height = 0.01f * Strength * Rng.Range(-1f, 1) });
            marks.Add(new Mark(shape)
            {
                Softness = Rng.Range(0, 0.006f),
                Colour = inside,
                Opacity = Soft(0.9f),
                Height = -0.02f,
                Gloss = 0,
                Grain = 0.15f
            });
        }
        return marks;
    }

    private List<Mark> Stain()
    {
        float radius = Rng.LogRange(0.03f, 0.2f) * (0.2f + 0.8f * Span);
        Rgb colour = Contrasting();
        bool hasRim = Rng.Chance(0.3f);
        float opacity = Soft(Rng.Range(0.35f, 0.8f)), grain = Rng.Range(0.1f, 0.9f);
        Outline shape = Mark.Blot(Rng, At, radius, Rng.Range(0.2f, 0.9f), Rng.LogRange(1, 2));
        var marks = new List<Mark>
        {
            new(shape)
            {
                Softness = Rng.LogRange(0.004f, 0.04f),
                Colour = colour,
                Opacity = opacity,
                Gloss = Rng.Chance(0.4f) ? Rng.Unit() : null,
                Grain = grain,
            },
        };
        if (hasRim) marks.Add(new Mark(shape with { Stroke = 0.01f }) { Softness = 0.006f, Colour = colour * 0.6f, Opacity = opacity });
        for (int n = Rng.Int(-3, 4); n > 0; n--)
        {
            Vector2 at = At + Rng.Direction() * radius * Rng.Range(1, 1.8f);
            Outline drop = Mark.Blot(Rng, at, radius * Rng.Range(0.08f, 0.25f), 0.3f);
            marks.Add(new Mark(drop) { Softness = 0.005f, Colour = colour, Opacity = opacity });
        }
        return marks;
    }

    private List<Mark> Contamination()
    {
        var marks = new List<Mark>();
        int count = Rng.Chance(0.4f) ? 1 : Rng.Int(2, 14);
        float radius = Rng.LogRange(0.015f, 0.09f) / MathF.Sqrt(count) * (0.3f + 0.7f * Span), spread = Rng.LogRange(0.03f, 0.2f) * Span;
        Rgb colour = Contrasting();
        float height = Rng.Range(0, 0.02f), gloss = Rng.Unit(), stretch = Rng.LogRange(1, 2.5f);
        for (int n = 0; n < count; n++)
        {
            Vector2 at = At + (n == 0 ? Vector2.Zero : new Vector2(Rng.Normal(), Rng.Normal()) * spread);
            Outline shape = Mark.Blot(Rng, at, radius * Rng.LogRange(0.5f, 1.4f), Rng.Range(0.1f, 0.9f), stretch);
            marks.Add(new Mark(shape)
            {
                Softness = 0.006f,
                Colour = colour * Rng.Range(0.8f, 1.1f),
                Opacity = Soft(0.9f),
                Height = height,
                Gloss = gloss,
                Grain = 0.3f,
                IsLoose = n > 0
            });
        }
        return marks;
    }

    private List<Mark> Dent()
    {
        float radius = Rng.LogRange(0.03f, 0.13f) * (0.3f + 0.7f * Span),
            depth = radius * Rng.Range(0.25f, 0.6f) * Strength * (Rng.Chance(0.7f) ? -1 : 1);
        Outline shape = Mark.Blot(Rng, At, radius, Rng.Range(0, 0.5f), Rng.LogRange(1, 2.2f));
        return [new Mark(shape) { Softness = radius * Rng.Range(0.5f, 1.1f), Height = depth, Brightness = 1 - 0.12f * Strength }];
    }

    private List<Mark> Crater()
    {
        float radius = Rng.LogRange(0.025f, 0.12f) * (0.3f + 0.7f * Span);
        Outline shape = Mark.Blot(Rng, At, radius, Rng.Range(0.5f, 1), Rng.LogRange(1, 1.8f));
        Rgb fresh = Rgb.Lerp(Ground, Rng.Chance(0.6f) ? Rgb.Grey(0.92f) : Rgb.Grey(0.12f), Rng.Range(0.3f, 0.7f));
        return
        [
            new Mark(shape) { Softness = 0.008f, Colour = fresh, Opacity = Soft(0.85f), Height = -0.012f * Strength, Gloss = 0,
                Grain = 0.5f },
            new Mark(Mark.Blot(Rng, At, radius * 0.6f, 1)) { Softness = 0.012f, Brightness = 0.85f, Height = -0.008f * Strength,
                Grain = 0.5f },
        ];
    }

    private List<Mark> Tear()
    {
        float length = Rng.LogRange(0.1f, 0.45f) * Span, angle = Rng.Angle(), width = length * Rng.Range(0.06f, 0.2f);
        Vector2 start = At - length / 2 * new Vector2(MathF.Cos(angle), MathF.Sin(angle));
        Vector2[] line = Mark.Wander(Rng, start, length, angle, 0.3f, Rng.Range(0.05f, 0.35f), 20);
        Outline gap = Mark.Tapered(line, width);
        Rgb below = Rng.Chance(0.7f) ? Ground * 0.15f : Rgb.Grey(0.9f);
        var marks = new List<Mark>
        {
            new(Mark.Tapered(line, width * 2.2f)) { Softness = width * 0.6f, Height = 0.008f * Strength },
            new(gap) { Colour = below, Opacity = Soft(0.95f), Height = -0.02f, Gloss = 0 },
        };
        for (int n = Rng.Int(0, 7); n > 0; n--)
        {
            Vector2[] fray = Mark.Wander(Rng, line[Rng.Int(2, 17)], width * Rng.Range(0.7f, 1.6f), Rng.Angle(), 0.8f, 0.1f, 8);
            marks.Add(new Mark(Outline.Lines(0.005f, fray))
            {
                Colour = Rgb.Lerp(Ground, Rgb.Grey(0.9f), 0.4f),
                Opacity = 0.8f,
                Height = 0.004f
            });
        }
        return marks;
    }

    private List<Mark> Thread()
    {
        Rgb colour = Contrasting();
        float length = Rng.LogRange(0.25f, 0.9f) * (0.4f + 0.6f * Span), width = Rng.LogRange(0.006f, 0.016f);
        int count = Rng.Chance(0.7f) ? 1 : Rng.Int(2, 3);
        var marks = new List<Mark>();
        for (int n = 0; n < count; n++)
        {
            float angle = Rng.Angle();
            Vector2 start = At - length / 2.5f * new Vector2(MathF.Cos(angle), MathF.Sin(angle));
            Vector2[] line = Mark.Wander(Rng, start, length, angle, Rng.Range(0.5f, 3), 0.05f, 40);
            marks.Add(new Mark(Outline.Lines(width, line))
            {
                Colour = colour,
                Opacity = Soft(0.9f),
                Height = width * 1.2f,
                IsLoose = true
            });
        }
        return marks;
    }

    private List<Mark> Burn()
    {
        float radius = Rng.LogRange(0.04f, 0.18f) * (0.3f + 0.7f * Span);
        Rgb brown = Rgb.FromHsv(0.07f, 0.6f, MathF.Min(0.35f, Ground.Luminance * 0.5f));
        float stretch = Rng.LogRange(1, 1.8f);
        return
        [
            new Mark(Mark.Blot(Rng, At, radius, 0.5f, stretch)) { Softness = radius * 0.6f, Colour = brown, Opacity = Soft(0.75f),
                Grain = 0.4f, Gloss = 0.05f },
            new Mark(Mark.Blot(Rng, At, radius * 0.5f, 0.6f, stretch)) { Softness = radius * 0.3f, Colour = brown * 0.4f,
                Opacity = Soft(0.7f), Grain = 0.5f },
        ];
    }

    private List<Mark> Discolouration()
    {
        float radius = Rng.LogRange(0.1f, 0.3f) * (0.2f + 0.8f * Span), soft = radius * Rng.Range(0.1f, 0.5f);
        Outline shape = Rng.Chance(0.75f) ? Mark.Blot(Rng, At, radius, Rng.Range(0.2f, 0.7f), Rng.LogRange(1, 2.5f))
            : Outline.Rectangle(2 * radius, radius * Rng.Range(0.2f, 0.6f)).Moved(Matrix3x2.CreateRotation(Rng.Angle())
                * Matrix3x2.CreateTranslation(At));
        bool isTint = Rng.Chance(0.5f);
        return
        [
            new Mark(shape)
            {
                Softness = soft,
                Brightness = isTint ? 1 : Ground.Luminance < 0.3f ? 1 + 1.2f * Strength
                    : MathF.Max(0.2f, 1 - Rng.Range(0.2f, 0.5f) * Strength),
                Colour = Rgb.FromHsv(Rng.Unit(), Rng.Range(0.3f, 0.8f), Math.Clamp(Ground.Luminance * 1.4f, 0.25f, 0.95f)),
                Opacity = isTint ? Soft(Rng.Range(0.35f, 0.65f)) : 0,
                Grain = Rng.Range(0, 0.4f),
            },
        ];
    }

    private List<Mark> Fold()
    {
        float length = Rng.LogRange(0.2f, 0.8f) * Span, angle = Rng.Angle(), width = Rng.LogRange(0.015f, 0.06f);
        Vector2 start = At - length / 2 * new Vector2(MathF.Cos(angle), MathF.Sin(angle));
        Vector2[] line = Mark.Wander(Rng, start, length, angle, 0.5f, 0.03f);
        var ridge = new Mark(Mark.Tapered(line, width))
        {
            Softness = width * 0.7f,
            Height = width * Rng.Range(0.4f, 0.9f) * Strength * Rng.Sign()
        };
        var crease = new Mark(Mark.Tapered(line, 0.008f)) { Softness = 0.004f, Brightness = MathF.Max(0.3f, 1 - 0.35f * Strength) };
        return [ridge, crease];
    }
}
