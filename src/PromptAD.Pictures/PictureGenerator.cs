using System.Numerics;
using PromptAD.Pictures.Defects;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures;

/// <summary>
/// Draws products, good and defective. A seed names a picture: the same seed and size give the same bytes on the same platform.
/// Holds buffers, so one thread at a time; make one for each thread.
/// </summary>
public sealed class PictureGenerator : IDisposable
{
    /// <summary>The smallest picture.</summary>
    public const int MinSize = 64;

    /// <summary>The largest picture.</summary>
    public const int MaxSize = 1024;

    private const int TriesPerInstance = 6, MaxTries = 60;

    private readonly Painter _painter;
    private readonly Layers _ground, _clean, _defective, _straight, _others;
    private readonly float[] _lit, _shadow, _line;
    private readonly byte[] _rgba, _cleanRaw, _defectiveRaw;

    /// <summary>Makes a generator of square pictures.</summary>
    /// <param name="size">Width and height in pixels, <see cref="MinSize"/> to <see cref="MaxSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public PictureGenerator(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, MinSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        Size = size;
        _painter = new Painter(size);
        (_ground, _clean, _defective) = (new Layers(size), new Layers(size), new Layers(size));
        (_straight, _others) = (new Layers(size), new Layers(size));
        (_lit, _shadow, _line) = (new float[3 * size * size], new float[size * size], new float[size]);
        (_rgba, _cleanRaw, _defectiveRaw) = (new byte[4 * size * size], new byte[3 * size * size], new byte[3 * size * size]);
    }

    /// <summary>Width and height of the pictures in pixels.</summary>
    public int Size { get; }

    /// <inheritdoc/>
    public void Dispose() => _painter.Dispose();

    /// <summary>Draws good pictures of a product and pairs of a good and a defective one, all of different items.</summary>
    /// <param name="product">What to draw.</param>
    /// <param name="seed">Names the items.</param>
    /// <param name="clean">How many good pictures.</param>
    /// <param name="pairs">How many pairs.</param>
    public PictureGroup DrawGroup(Product product, ulong seed, int clean, int pairs) => new(
        product,
        [.. Enumerable.Range(0, clean).Select(n => DrawClean(product, Rng.Derive(seed, (ulong)n)))],
        [.. Enumerable.Range(0, pairs).Select(n => DrawPair(product, Rng.Derive(seed, 1_000_000 + (ulong)n)))]);

    /// <summary>Draws one good item.</summary>
    public DrawnPicture DrawClean(Product product, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(product);
        Shot shot = Prepare(product, seed);
        return Finish(shot, Take(shot, _clean, _cleanRaw), mask: null, defect: null);
    }

    /// <summary>Draws one item twice: good and with a defect that can be seen.</summary>
    /// <param name="product">What to draw.</param>
    /// <param name="seed">Names the item and its defect.</param>
    /// <param name="defect">The defect to try first, one of the kind's. Where it is null or does not show, any of them.</param>
    /// <exception cref="ArgumentException">The kind cannot have this defect.</exception>
    public DefectivePair DrawPair(Product product, ulong seed, DefectKind? defect = null)
    {
        ArgumentNullException.ThrowIfNull(product);
        if (defect is { } wanted && !product.Kind.Defects.Contains(wanted))
        {
            string allowed = string.Join(", ", product.Kind.Defects);
            throw new ArgumentException($"'{product.Kind}' cannot have the defect {wanted}; it can have {allowed}.", nameof(defect));
        }

        Shot? shot = null;
        byte[] clean = [];
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            if (attempt % TriesPerInstance == 0)
            {
                shot = Prepare(product, Rng.Derive(seed, (ulong)attempt));
                // A defect that cannot be seen in the dark can be seen in the light.
                if (attempt > 2 * TriesPerInstance) shot = shot with { Camera = shot.Camera.InGoodLight() };
                clean = Take(shot, _clean, _cleanRaw);
            }
            var rng = new Rng(Rng.Derive(seed, 1000 + (ulong)attempt));
            DefectKind kind = attempt < MaxTries / 2 && defect is { } first
                ? first
                : product.Kind.Defects[rng.Int(0, product.Kind.Defects.Count - 1)];
            float strength = rng.Range(0.7f - 0.35f * product.Wear, 1.2f)
                * (1 + 0.3f * (attempt % TriesPerInstance) + 0.1f * (attempt / TriesPerInstance));
            if (!Spoil(shot!, kind, strength, rng)) continue;
            byte[] spoilt = Take(shot!, _defective, _defectiveRaw);
            byte[] mask = Visibility.Mask(_cleanRaw, _defectiveRaw, Size, kind);
            if (!Visibility.IsClear(clean, spoilt, mask, Size, shot!.Camera.Noise, product)) continue;
            return new DefectivePair(Finish(shot, clean, null, null), Finish(shot, spoilt, mask, kind));
        }
        throw new InvalidOperationException(
            $"No defect shows on '{product.Kind}', product {product.Seed}, item {seed}, in {MaxTries} tries.");
    }

    /// <summary>One item before the camera: everything but the defect.</summary>
    private sealed record Shot(Product Product, Scene Scene, List<Mark> Blemishes, Light Light, Camera Camera, ulong Seed);

    /// <summary>Composes the item and paints it, without light, into the clean layers.</summary>
    private Shot Prepare(Product product, ulong seed)
    {
        float wear = product.Wear;
        Rng Fixed(ulong stream) => new(Rng.Derive(product.Seed, stream));
        Rng Own(ulong stream) => new(Rng.Derive(seed, stream));
        var shot = new Shot(
            product,
            product.Kind.Compose(Fixed(1), Own(1), product.InFixture),
            Blemishes.Draw(Fixed(2), Own(2), wear),
            Light.Draw(Fixed(3), Own(3), wear),
            Camera.Draw(Fixed(4), Own(4), wear),
            seed);
        foreach (float[] plane in _ground.Planes) plane.AsSpan().Clear();
        PaintParts(_ground, shot.Scene.Parts, isGround: true);
        _ground.CopyTo(_clean);
        PaintParts(_clean, shot.Scene.Parts, isGround: false);
        ApplyMarks(_clean, shot.Blemishes, shot.Seed);
        return shot;
    }

    /// <summary>Paints the item with a defect into the defective layers; false where it cannot have it.</summary>
    private bool Spoil(Shot shot, DefectKind kind, float strength, Rng rng)
    {
        Scene scene = shot.Scene;
        float span = Spots.Span(_clean);
        if (kind == DefectKind.Bend)
        {
            Bend(shot, strength, rng);
            return true;
        }
        bool atEdge = kind is DefectKind.Chip or DefectKind.ExtraPart && !scene.IsSurface;
        Vector2 at = atEdge ? Spots.OnEdge(_clean, rng) : Spots.Inside(_clean, rng);
        List<Part>? parts = PartFaults.Apply(scene.Parts, kind, at, span, rng);
        if (parts is not null)
        {
            _ground.CopyTo(_defective);
            PaintParts(_defective, parts, isGround: false);
            ApplyMarks(_defective, shot.Blemishes, shot.Seed);
            return true;
        }
        int pixel = (int)(at.Y * Size) * Size + (int)(at.X * Size);
        var ground = new Rgb(_clean.R[pixel], _clean.G[pixel], _clean.B[pixel]);
        List<Mark> marks = [.. new SurfaceDefects(rng, at, span, strength, ground).Draw(kind)];
        _clean.CopyTo(_defective);
        ApplyMarks(_defective, marks, rng.Next());
        return marks.Count > 0;
    }

    /// <summary>Bends one of the objects, or the pattern of a surface; the others belong to the ground then.</summary>
    private void Bend(Shot shot, float strength, Rng rng)
    {
        List<Part> parts = shot.Scene.Parts;
        int[] groups = [.. parts.Where(p => p.Role != PartRole.Background).Select(p => p.Group).Distinct()];
        int group = rng.Pick<int>(groups);
        _ground.CopyTo(_straight);
        PaintParts(_straight, parts.FindAll(p => p.Group == group), isGround: false);
        _ground.CopyTo(_others);
        PaintParts(_others, parts.FindAll(p => p.Group != group), isGround: false);
        Vector2 at = shot.Scene.IsSurface ? Spots.Inside(_straight, rng) : Spots.OnEdge(_straight, rng);
        Bending.Draw(rng, at, Spots.Span(_straight), shot.Scene.IsSurface, strength).Apply(_straight, _others, _defective);
        ApplyMarks(_defective, shot.Blemishes, shot.Seed);
    }

    private void PaintParts(Layers layers, List<Part> parts, bool isGround)
    {
        foreach (Part part in parts)
            if (part.Role == PartRole.Background == isGround) _painter.Paint(layers, part);
    }

    private void ApplyMarks(Layers layers, List<Mark> marks, ulong seed)
    {
        float offset = seed % 997;
        foreach (Mark mark in marks) mark.Apply(layers, _painter, offset += 7.31f);
    }

    /// <summary>Lights and photographs layers; <paramref name="raw"/> keeps the picture before compression.</summary>
    private byte[] Take(Shot shot, Layers layers, byte[] raw)
    {
        shot.Light.Shade(layers, _lit, _shadow, _line);
        shot.Camera.Expose(_lit, Size, raw, _line);
        byte[] rgb = [.. raw];
        shot.Camera.Compress(rgb, Size, _rgba);
        return rgb;
    }

    private DrawnPicture Finish(Shot shot, byte[] rgb, byte[]? mask, DefectKind? defect)
    {
        ProductKind kind = shot.Product.Kind;
        string noun = kind.Nouns[new Rng(Rng.Derive(shot.Product.Seed, 5)).Int(0, kind.Nouns.Count - 1)];
        var rng = new Rng(Rng.Derive(shot.Seed, defect is null ? 6ul : 7ul));
        string? adjective = shot.Camera.IsGrey && Grammar.Colours.Contains(shot.Scene.Adjective) ? null : shot.Scene.Adjective;
        string description = adjective is not null && rng.Chance(0.5f) ? $"{adjective} {noun}" : noun;
        string caption = defect is { } named ? Grammar.Anomalous(rng, description, named) : Grammar.Normal(rng, description);
        return new DrawnPicture(Size, rgb, mask, caption, noun, defect);
    }
}
