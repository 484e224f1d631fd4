using PromptAD.Encoders.Dino;

namespace PromptAD.Tests.Encoders.Dino;

/// <summary>PyTorch's bicubic resizing along one side, cell by cell.</summary>
internal static class SlowBicubicPlaces
{
    /// <summary>The old cells that a new one is made of, one of them perhaps more than once, and what each counts.</summary>
    public static (int[] Cells, double[] Weights) At(int cell, int from, int to, PositionInterpolation interpolation)
    {
        double scale = from / (to + interpolation.Offset);
        if (!interpolation.Antialias)
        {
            double at = (scale * (cell + 0.5)) - 0.5, t = at - Math.Floor(at);
            int[] around = [.. Enumerable.Range((int)Math.Floor(at) - 1, 4).Select(i => Math.Min(Math.Max(i, 0), from - 1))];
            return (around, [Outer(1 + t, -0.75), Inner(t, -0.75), Inner(1 - t, -0.75), Outer(2 - t, -0.75)]);
        }
        double middle = scale * (cell + 0.5), support = scale >= 1 ? 2 * scale : 2;
        int first = Math.Max((int)(middle - support + 0.5), 0);
        int[] cells = [.. Enumerable.Range(first, Math.Min((int)(middle + support + 0.5), from) - first)];
        double[] weights = [.. cells.Select(i => Filter((i - middle + 0.5) / Math.Max(scale, 1)))];
        return (cells, [.. weights.Select(weight => weight / weights.Sum())]);
    }

    private static double Filter(double x) => Math.Abs(x) < 1 ? Inner(Math.Abs(x), -0.5) : Math.Abs(x) < 2 ? Outer(Math.Abs(x), -0.5) : 0;

    private static double Inner(double x, double a) => ((a + 2) * x * x * x) - ((a + 3) * x * x) + 1;

    private static double Outer(double x, double a) => (a * x * x * x) - (5 * a * x * x) + (8 * a * x) - (4 * a);
}
