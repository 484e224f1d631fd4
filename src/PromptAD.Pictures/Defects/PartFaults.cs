using System.Numerics;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Defects;

/// <summary>Defects of how a product is put together: changes to its parts before they are painted.</summary>
internal static class PartFaults
{
    /// <summary>The parts with one fault, or null where this product cannot have it.</summary>
    /// <param name="parts">The good product.</param>
    /// <param name="defect">The fault.</param>
    /// <param name="edge">A point on the product's outline, in picture coordinates.</param>
    /// <param name="span">How large the product is in the picture.</param>
    /// <param name="rng">Draws the fault.</param>
    public static List<Part>? Apply(List<Part> parts, DefectKind defect, Vector2 edge, float span, Rng rng) => defect switch
    {
        DefectKind.MissingPart => Change(parts, PartRole.Detail, rng, _ => []),
        DefectKind.ExtraPart => Twice(parts, span, rng) ?? Foreign(parts, edge, span, rng),
        DefectKind.Misplacement => Change(parts, PartRole.Detail, rng, part => [Moved(part, rng, 0.25f, 1f, span)]),
        DefectKind.Misprint => Misprint(parts, rng, span),
        DefectKind.Chip => Chip(parts, edge, span, rng),
        _ => null,
    };

    /// <summary>A part of the product mounted once more beside itself; null half the time.</summary>
    private static List<Part>? Twice(List<Part> parts, float span, Rng rng) =>
        rng.Chance(0.5f) ? Change(parts, PartRole.Detail, rng, part => [part, Moved(part, rng, 0.6f, 1.6f, span)]) : null;

    private static List<Part>? Change(List<Part> parts, PartRole role, Rng rng, Func<Part, Part[]> change)
    {
        int[] candidates = [.. Enumerable.Range(0, parts.Count).Where(i => parts[i].Role == role)];
        if (candidates.Length == 0) return null;
        int chosen = rng.Pick<int>(candidates);
        return [.. parts[..chosen], .. change(parts[chosen]), .. parts[(chosen + 1)..]];
    }

    /// <summary>The part shifted by some share of its own size and turned about its middle.</summary>
    private static Part Moved(Part part, Rng rng, float least, float most, float span)
    {
        (Vector2 min, Vector2 max) = part.Shape!.Bounds();
        Vector2 middle = (min + max) / 2;
        float reach = MathF.Max((max - min).Length() * part.Scale * rng.Range(least, most), 0.03f * span);
        Matrix3x2 turn = Matrix3x2.CreateRotation(rng.Sign() * rng.Range(0.1f, 1.2f), middle);
        return part with { Pose = turn * part.Pose * Matrix3x2.CreateTranslation(rng.Direction() * MathF.Min(reach, 0.25f * span)) };
    }

    /// <summary>A washer, splinter or crumb that belongs to something else.</summary>
    private static List<Part> Foreign(List<Part> parts, Vector2 near, float span, Rng rng)
    {
        float size = rng.LogRange(0.05f, 0.2f) * span;
        Rgb colour = Textures.Colours.Any(rng);
        Outline shape = rng.Int(0, 3) switch
        {
            0 => Outline.Ring(0.5f, rng.Range(0.2f, 0.4f)),
            1 => Outline.Rectangle(1.4f, rng.Range(0.2f, 0.8f), 0.08f),
            2 => Outline.Regular(rng.Int(3, 7), 0.6f),
            _ => Outline.Disc(0.5f),
        };
        Vector2 at = Vector2.Lerp(near, new Vector2(0.5f), rng.Range(0, 0.6f));
        Matrix3x2 pose = Matrix3x2.CreateScale(size) * Matrix3x2.CreateRotation(rng.Angle()) * Matrix3x2.CreateTranslation(at);
        float level = 0.06f * span / size;
        return [.. parts, new Part(PartRole.Detail, 0, shape, Textures.Materials.Plain(colour, rng, rng.Unit(), 0.1f),
            Profile.Bevel(0.2f, 0.08f).On(level), pose)];
    }

    private static List<Part>? Misprint(List<Part> parts, Rng rng, float span) => rng.Int(0, 3) switch
    {
        0 => Change(parts, PartRole.Print, rng, _ => []),
        1 => Change(parts, PartRole.Print, rng, part => [part, Moved(part, rng, 0.08f, 0.2f, span)]),
        2 => Change(parts, PartRole.Print, rng, part => [Moved(part, rng, 0.1f, 0.4f, span)]),
        _ => Change(parts, PartRole.Print, rng, part => [CutOff(part, rng)]),
    };

    /// <summary>Some of the print is missing: a blot or one end.</summary>
    private static Part CutOff(Part part, Rng rng)
    {
        (Vector2 min, Vector2 max) = part.Shape!.Bounds();
        Vector2 size = max - min, at = min + size * new Vector2(rng.Unit(), rng.Unit());
        float radius = MathF.Max(size.X, size.Y) * rng.Range(0.15f, 0.4f);
        return part with { Cut = Mark.Blot(rng, at, radius, 0.8f) };
    }

    private static List<Part>? Chip(List<Part> parts, Vector2 edge, float span, Rng rng)
    {
        if (parts.TrueForAll(p => p.Role == PartRole.Background || p.Shape is null)) return null;
        Outline bite = Mark.Blot(rng, edge, rng.LogRange(0.03f, 0.13f) * span, rng.Range(0.5f, 1), rng.LogRange(1, 1.6f));
        return parts.ConvertAll(part =>
            part.Role != PartRole.Background && Matrix3x2.Invert(part.Pose, out Matrix3x2 toPart) ? part with { Cut = bite.Moved(toPart) }
                : part);
    }
}
