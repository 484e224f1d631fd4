namespace PromptAD.Imaging;

/// <summary>
/// The colours of the heat map: from red over orange to light yellow, brighter with every step, so that order survives grey print and
/// colour blindness. Up to the low end of the scale the picture stays as it was photographed; just above it the tint is plain to see.
/// </summary>
internal sealed class HeatColors
{
    private const int Levels = 256;

    // The share of the opacity that the lowest colour has, and the share of the scale over which the rest grows in.
    private const float LowestOpacity = 0.7f, FadeIn = 0.5f;

    private static readonly (byte Red, byte Green, byte Blue)[] Stops =
        [(204, 20, 60), (236, 84, 40), (252, 156, 20), (255, 240, 120)];

    private readonly float low;
    private readonly float levelsPerUnit;
    private readonly (int Red, int Green, int Blue, int Keep)[] levels = new (int, int, int, int)[Levels];

    public HeatColors(OverlayOptions options)
    {
        (low, float high) = options.Scale;
        levelsPerUnit = (Levels - 1) / (high - low);
        for (int i = 0; i < Levels; i++)
        {
            float t = i / (Levels - 1f);
            float opacity = options.Opacity * float.Lerp(LowestOpacity, 1, Math.Min(1, t / FadeIn));
            (float red, float green, float blue) = Color(t);
            levels[i] = (Scale(red * opacity), Scale(green * opacity), Scale(blue * opacity), Scale(1 - opacity));
        }
    }

    /// <summary>Draws one map value over a pixel; one that is not above the low end of the scale changes no colour.</summary>
    /// <param name="value">The map's value.</param>
    /// <param name="bgra">The pixel, which becomes opaque.</param>
    public void Blend(float value, Span<byte> bgra)
    {
        bgra[3] = byte.MaxValue;
        if (!(value > low)) return;
        (int red, int green, int blue, int keep) = levels[Level(value)];
        bgra[0] = Mix(bgra[0], keep, blue);
        bgra[1] = Mix(bgra[1], keep, green);
        bgra[2] = Mix(bgra[2], keep, red);
    }

    private int Level(float value) => (int)Math.Clamp(((value - low) * levelsPerUnit) + 0.5f, 0, Levels - 1);

    // 16 fraction bits.
    private static int Scale(float value) => (int)(value * 65536);

    private static byte Mix(byte pixel, int keep, int color) => (byte)(((pixel * keep) + color + 32768) >> 16);

    private static (float Red, float Green, float Blue) Color(float t)
    {
        float position = t * (Stops.Length - 1);
        int from = Math.Min((int)position, Stops.Length - 2);
        float weight = position - from;
        (byte r0, byte g0, byte b0) = Stops[from];
        (byte r1, byte g1, byte b1) = Stops[from + 1];
        return (float.Lerp(r0, r1, weight), float.Lerp(g0, g1, weight), float.Lerp(b0, b1, weight));
    }
}
