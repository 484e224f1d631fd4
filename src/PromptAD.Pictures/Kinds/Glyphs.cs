using System.Numerics;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pictures.Kinds;

/// <summary>Letters and digits as strokes on a grid of 3 x 5 points, so that print needs no font of the machine.</summary>
internal static class Glyphs
{
    // Each glyph: lines parted by a space, each point two digits, column 0 to 2 and row 0 (top) to 4.
    private static readonly string[] s_glyphs =
    [
        "0020240400", "1014 0410 0424", "00202202042404", "002024040222", "00022220 2024", "200002222404", "20000424220222", "002014",
        "0020240400 0222", "042420000222", "0410240414 0323", "0400102102 0213240404", "2000 0004 0424", "00041424231100",
        "2000042422 2212", "200004 0212",
        "0004 2024 0222", "1014", "0004 2002 0224", "000424", "0400122024", "04002420", "0400202202", "200002222404", "0020 1014", "001420",
    ];

    /// <summary>A word of random glyphs, centred, <paramref name="height"/> high; wide strokes make it bold.</summary>
    public static Outline Word(Rng rng, int length, float height, float stroke)
    {
        var lines = new List<Vector2[]>();
        float step = height / 4, advance = 3 * step;
        for (int n = 0; n < length; n++)
        {
            float left = (n - (length - 1) / 2f) * advance - step;
            foreach (string line in rng.Pick<string>(s_glyphs).Split(' '))
            {
                var points = new Vector2[line.Length / 2];
                for (int i = 0; i < points.Length; i++)
                    points[i] = new Vector2(left + (line[2 * i] - '0') * step, (line[2 * i + 1] - '0' - 2) * step);
                if (points.Length > 1) lines.Add(points);
            }
        }
        return Outline.Lines(stroke, [.. lines]);
    }
}
