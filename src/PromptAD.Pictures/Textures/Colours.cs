using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Textures;

/// <summary>Colours as products have them.</summary>
internal static class Colours
{
    /// <summary>Plastics, paints, prints: from black and white to full colour.</summary>
    public static Rgb Any(Rng rng)
    {
        float kind = rng.Unit();
        if (kind < 0.15f) return Rgb.Grey(rng.Range(0.8f, 0.95f));
        if (kind < 0.27f) return Rgb.Grey(rng.Range(0.07f, 0.18f));
        if (kind < 0.4f) return Tinted(rng, rng.Range(0.3f, 0.75f));
        return Rgb.FromHsv(rng.Unit(), rng.Range(0.2f, 0.85f), rng.Range(0.3f, 0.95f));
    }

    /// <summary>A grey with a trace of colour.</summary>
    public static Rgb Tinted(Rng rng, float value) => Rgb.FromHsv(rng.Unit(), rng.Range(0, 0.12f), value);

    /// <summary>Steel, aluminium, brass, copper, zinc.</summary>
    public static Rgb Metal(Rng rng) => rng.Int(0, 5) switch
    {
        0 => Rgb.FromHsv(0.12f, rng.Range(0.3f, 0.55f), rng.Range(0.6f, 0.8f)),
        1 => Rgb.FromHsv(0.05f, rng.Range(0.3f, 0.55f), rng.Range(0.5f, 0.75f)),
        2 => Rgb.Grey(rng.Range(0.25f, 0.4f)),
        _ => Rgb.FromHsv(0.6f, rng.Range(0, 0.1f), rng.Range(0.5f, 0.8f)),
    };

    /// <summary>Wood, leather, cork, cardboard, baked goods.</summary>
    public static Rgb Earth(Rng rng) => Rgb.FromHsv(rng.Range(0.03f, 0.11f), rng.Range(0.3f, 0.7f), rng.Range(0.3f, 0.85f));

    public static Rgb Stone(Rng rng) => Rgb.FromHsv(rng.Pick([0.08f, 0.1f, 0.6f, 0.3f, 0.02f]), rng.Range(0, 0.2f), rng.Range(0.3f, 0.85f));

    /// <summary>A colour that stands out from another one by at least 0.25 in brightness.</summary>
    public static Rgb Apart(Rng rng, Rgb from)
    {
        Rgb colour = Any(rng);
        for (int i = 0; i < 8 && MathF.Abs(colour.Luminance - from.Luminance) < 0.25f; i++) colour = Any(rng);
        return MathF.Abs(colour.Luminance - from.Luminance) < 0.25f ? Rgb.Grey(from.Luminance > 0.5f ? 0.1f : 0.9f) : colour;
    }
}
