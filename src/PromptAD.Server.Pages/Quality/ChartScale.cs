namespace PromptAD.Server.Pages.Quality;

/// <summary>Where values lie on an axis, with marks at round numbers. Pure, so that a test can measure along.</summary>
public sealed class ChartScale
{
    /// <summary>The length of an axis in a drawing.</summary>
    public const double Length = 1000;

    private const int MarksWanted = 5;

    private ChartScale(double lowest, double highest, double step, int digits)
    {
        (Lowest, Highest, Digits) = (lowest, highest, digits);
        int count = (int)Math.Round((highest - lowest) / step);
        Marks = [.. Enumerable.Range(0, count + 1).Select(i => lowest + (i * step))];
    }

    /// <summary>Where it begins.</summary>
    public double Lowest { get; }

    /// <summary>Where it ends.</summary>
    public double Highest { get; }

    /// <summary>Decimals that tell the marks apart.</summary>
    public int Digits { get; }

    /// <summary>Round numbers from the lowest to the highest.</summary>
    public IReadOnlyList<double> Marks { get; }

    /// <summary>A scale that has room for all values.</summary>
    public static ChartScale Around(IEnumerable<double> values)
    {
        double[] all = [.. values];
        (double lowest, double highest) = all.Length == 0 ? (0, 1) : (all.Min(), all.Max());
        if (highest - lowest <= 1e-9 * Math.Max(1, Math.Abs(highest)))
        {
            double around = highest == 0 ? 1 : Math.Abs(highest) / 10;
            (lowest, highest) = (lowest - around, highest + around);
        }
        double rough = (highest - lowest) / MarksWanted, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * ((rough / power) switch { <= 1.000001 => 1, <= 2.000001 => 2, <= 5.000001 => 5, _ => 10 });
        int digits = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        return new ChartScale(Math.Floor(lowest / step) * step, Math.Ceiling(highest / step) * step, step, digits);
    }

    /// <summary>How far a value is from the upper end, 0 to 1000; values beyond an end lie at it.</summary>
    public double Down(double value) => Length * (1 - Math.Clamp((value - Lowest) / (Highest - Lowest), 0, 1));

    /// <summary>Up to six of a number of places, the first and the last among them.</summary>
    public static IEnumerable<int> Some(int count, int most = 6)
    {
        if (count <= most) return Enumerable.Range(0, count);
        return Enumerable.Range(0, most).Select(i => (int)Math.Round(i * (count - 1.0) / (most - 1)));
    }
}
