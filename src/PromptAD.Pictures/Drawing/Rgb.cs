namespace PromptAD.Pictures.Drawing;

/// <summary>A colour as it is shown (not linear light), 0 to 1 a channel.</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    public float Luminance => 0.299f * R + 0.587f * G + 0.114f * B;

    public static Rgb Grey(float value) => new(value, value, value);

    /// <param name="hue">0 to 1, red to red.</param>
    /// <param name="saturation">0 to 1.</param>
    /// <param name="value">0 to 1.</param>
    public static Rgb FromHsv(float hue, float saturation, float value)
    {
        float Channel(float shift)
        {
            float position = (hue + shift) * 6 % 6;
            float share = Math.Clamp(MathF.Abs(position - 3) - 1, 0, 1);
            return value * (1 - saturation + saturation * share);
        }
        return new Rgb(Channel(1), Channel(2 / 3f), Channel(1 / 3f));
    }

    public static Rgb Lerp(Rgb a, Rgb b, float share) =>
        new(a.R + (b.R - a.R) * share, a.G + (b.G - a.G) * share, a.B + (b.B - a.B) * share);

    public static Rgb operator *(Rgb colour, float factor) => new(colour.R * factor, colour.G * factor, colour.B * factor);

    /// <summary>The word a caption uses for this colour; the grammar lists every one of them.</summary>
    public string Name()
    {
        float max = MathF.Max(R, MathF.Max(G, B)), min = MathF.Min(R, MathF.Min(G, B)), chroma = max - min;
        if (max < 0.2f) return "black";
        if (chroma < 0.13f) return max > 0.78f ? "white" : max < 0.4f ? "dark" : "grey";
        float hue = max == R ? (G - B) / chroma : max == G ? 2 + (B - R) / chroma : 4 + (R - G) / chroma; // -1 .. 5
        if (hue < 0.9f && hue > -0.2f && max < 0.68f) return "brown";
        return hue switch
        {
            < -0.7f => "pink",
            < 0.25f => "red",
            < 0.75f => "orange",
            < 1.25f => "yellow",
            < 2.6f => "green",
            < 4.3f => "blue",
            _ => "purple",
        };
    }
}
