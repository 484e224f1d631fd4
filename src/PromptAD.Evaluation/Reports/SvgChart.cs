using System.Globalization;
using System.Net;
using System.Text;

namespace PromptAD.Evaluation.Reports;

/// <summary>Small charts as inline SVG, sized by their view box so that they fit any page.</summary>
internal static class SvgChart
{
    private const int Width = 320, Height = 260, Left = 46, Right = 10, Top = 10, Bottom = 38;

    // Told apart by hue and by dashes, so that they survive colour blindness and grey print.
    private static readonly (string Color, string Dashes)[] Lines =
    [
        ("#2f6fb0", ""), ("#d1603d", "7 3"), ("#3a8f5c", "2 3"), ("#8a5cb8", "9 3 2 3"),
        ("#b8862b", "5 2"), ("#4aa3b5", "1 3"), ("#77808f", "12 4"),
        ("#c2568f", ""), ("#3b4a63", "4 2 1 2"), ("#7a9a2e", "8 2"),
    ];

    /// <summary>Lines over [0, 1] x [0, 1].</summary>
    public static string Curves(string across, string up, IReadOnlyList<IReadOnlyList<(double X, double Y)>> curves, bool hasDiagonal)
    {
        StringBuilder svg = Begin($"{up} against {across}");
        foreach (double tick in (double[])[0, 0.25, 0.5, 0.75, 1])
        {
            svg.Append($"<text x='{Num(X(tick))}' y='{Height - Bottom + 15}' text-anchor='middle'>{tick:0.##}</text>");
            svg.Append($"<text x='{Left - 5}' y='{Num(Y(tick) + 4)}' text-anchor='end'>{tick:0.##}</text>");
            svg.Append($"<path class='guide' d='M{Left} {Num(Y(tick))}H{Width - Right}'/>");
        }
        if (hasDiagonal) svg.Append($"<path class='guide' d='M{Num(X(0))} {Num(Y(0))}L{Num(X(1))} {Num(Y(1))}'/>");
        for (int i = 0; i < curves.Count; i++)
            svg.Append($"<path d='{Path(curves[i])}' fill='none' stroke-width='2' stroke-linejoin='round' {Stroke(i)}/>");
        return End(svg, across, up);
    }

    /// <summary>
    /// Two histograms over the same bins, one upwards and one downwards, with a dashed line at the threshold and dotted ones at the limits.
    /// </summary>
    public static string Histogram(double[] good, double[] defective, double threshold, params double[] limits)
    {
        const int Bins = 24;
        double[] all = [.. good, .. defective, .. limits];
        double low = all.Min(), high = all.Max();
        double width = high > low ? (high - low) / Bins : 1;
        int[] Count(double[] values)
        {
            var counts = new int[Bins];
            foreach (double value in values) counts[Math.Min(Bins - 1, (int)((value - low) / width))]++;
            return counts;
        }

        int[] goods = Count(good), defects = Count(defective);
        int highest = Math.Max(goods.Max(), defects.Max());
        double middle = (Y(0) + Y(1)) / 2, unit = (Y(0) - Y(1)) / 2 / highest, step = (X(1) - X(0)) / Bins;
        StringBuilder svg = Begin("How many good and defective pictures have which score");
        for (int bin = 0; bin < Bins; bin++)
        {
            Bar(svg, X(0) + (bin * step), middle - (goods[bin] * unit), step, goods[bin] * unit, "var(--good)");
            Bar(svg, X(0) + (bin * step), middle, step, defects[bin] * unit, "var(--bad)");
        }
        svg.Append($"<path class='axis' d='M{Left} {Num(middle)}H{Width - Right}'/>");
        void Line(double score, string dashes)
        {
            double x = X(high > low ? Math.Clamp((score - low) / (high - low), 0, 1) : 0);
            svg.Append($"<path d='M{Num(x)} {Top}V{Height - Bottom}' stroke='currentColor' stroke-dasharray='{dashes}' fill='none'/>");
        }

        Line(threshold, "4 3");
        foreach (double limit in limits) Line(limit, "1 3");
        foreach (double part in (double[])[0, 0.5, 1])
        {
            string anchor = part == 0 ? "start" : part == 1 ? "end" : "middle";
            double score = low + (part * (high - low));
            svg.Append($"<text x='{Num(X(part))}' y='{Height - Bottom + 15}' text-anchor='{anchor}'>{score:0.000}</text>");
        }
        foreach ((double y, int count) in new[] { (Y(1), highest), (middle, 0), (Y(0), highest) })
            svg.Append($"<text x='{Left - 5}' y='{Num(y + 4)}' text-anchor='end'>{count}</text>");
        return End(svg, "score", "pictures: good up, defective down");
    }

    /// <summary>The names of the lines of <see cref="Curves"/>.</summary>
    public static string Legend(IReadOnlyList<string> names)
    {
        static string Sample(int line) =>
            $"<svg viewBox='0 0 26 10' aria-hidden='true'><path d='M0 5H26' stroke-width='2.5' fill='none' {Stroke(line)}/></svg>";
        IEnumerable<string> items = names.Select((name, i) => $"<li>{Sample(i)}{WebUtility.HtmlEncode(name)}</li>");
        return $"<ul class='legend'>{string.Concat(items)}</ul>";
    }

    private static StringBuilder Begin(string label)
    {
        var svg = new StringBuilder();
        svg.Append($"<svg viewBox='0 0 {Width} {Height}' role='img' aria-label='{WebUtility.HtmlEncode(label)}'>");
        return svg.Append($"<path class='axis' d='M{Left} {Top}V{Height - Bottom}H{Width - Right}'/>");
    }

    private static string End(StringBuilder svg, string across, string up)
    {
        double middle = (Y(0) + Y(1)) / 2;
        svg.Append($"<text x='{(Left + Width - Right) / 2}' y='{Height - 6}' text-anchor='middle'>{across}</text>");
        svg.Append($"<text x='10' y='{Num(middle)}' text-anchor='middle' transform='rotate(-90 10 {Num(middle)})'>{up}</text>");
        return svg.Append("</svg>").ToString();
    }

    private static void Bar(StringBuilder svg, double x, double y, double width, double height, string color)
    {
        if (height <= 0) return;
        svg.Append($"<rect x='{Num(x + 0.5)}' y='{Num(y)}' width='{Num(width - 1)}' height='{Num(height)}' fill='{color}'/>");
    }

    private static string Path(IReadOnlyList<(double X, double Y)> points) =>
        string.Concat(points.Select((point, i) => $"{(i == 0 ? 'M' : 'L')}{Num(X(point.X))} {Num(Y(point.Y))}"));

    private static string Stroke(int line)
    {
        (string color, string dashes) = Lines[line % Lines.Length];
        return dashes.Length == 0 ? $"stroke='{color}'" : $"stroke='{color}' stroke-dasharray='{dashes}'";
    }

    private static double X(double value) => Left + (value * (Width - Left - Right));

    private static double Y(double value) => Height - Bottom - (value * (Height - Top - Bottom));

    private static string Num(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
