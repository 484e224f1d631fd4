using System.Numerics.Tensors;

namespace PromptAD.Encoders.Dino;

/// <summary>
/// How a table of places becomes one for another grid, as the published program resizes it with PyTorch: bicubic, with the middles of the
/// outermost cells half a cell from the border.
/// </summary>
/// <param name="Offset">
/// What is added to the new number of cells before it is divided by the old one; then the quotient is the scale. 0 for the numbers of cells
/// alone.
/// </param>
/// <param name="Antialias">
/// Whether the kernel becomes wider where the grid becomes smaller; it is another kernel, too (a = -0.5 and not -0.75), and cut off at the
/// border where the other repeats the outermost cells.
/// </param>
internal sealed record PositionInterpolation(double Offset, bool Antialias)
{
    /// <summary>As the published models were made for: those with registers without an offset and antialiased.</summary>
    public static PositionInterpolation Published(int registers) => registers > 0 ? new(0, Antialias: true) : new(0.1, Antialias: false);

    /// <summary>The table for another grid. The same grid needs none, and the table stays as it is.</summary>
    /// <param name="table">(1 + from · from, width), the class token's place first, which stays as it is.</param>
    /// <param name="from">Cells along a side of the table.</param>
    /// <param name="columns">Cells in a row that are wanted.</param>
    /// <param name="rows">Cells in a column that are wanted.</param>
    /// <returns>(1 + rows · columns, width).</returns>
    public float[] Resize(ReadOnlySpan<float> table, int from, int columns, int rows)
    {
        if (from == columns && from == rows) return table.ToArray();
        int width = table.Length / (1 + (from * from));
        double[][] Kernels(int to) => [.. Enumerable.Range(0, to).Select(cell => Kernel(cell, from, to))];
        var cells = new double[from * from * width];
        for (int i = 0; i < cells.Length; i++) cells[i] = table[width + i];
        double[] across = Apply(Kernels(columns), cells, width);          // (from, columns, width)
        double[] down = Apply(Kernels(rows), across, columns * width);    // (rows, columns, width)
        return [.. table[..width], .. down.Select(value => (float)value)];
    }

    /// <summary>What pictures are resized with along a side, bicubic and antialiased as Pillow does it, (to, from).</summary>
    public static float[][] OfPictures(int from, int to)
    {
        var antialiased = new PositionInterpolation(0, Antialias: true);
        return [.. Enumerable.Range(0, to).Select(cell => Array.ConvertAll(antialiased.Kernel(cell, from, to), weight => (float)weight))];
    }

    /// <summary>(outer, from, inner) becomes (outer, to, inner).</summary>
    private static double[] Apply(double[][] kernels, double[] values, int inner)
    {
        int to = kernels.Length, from = kernels[0].Length, outer = values.Length / (from * inner);
        var sums = new double[outer * to * inner];
        for (int row = 0; row < outer * to; row++)
        {
            Span<double> sum = sums.AsSpan(row * inner, inner);
            for (int source = 0; source < from; source++)
            {
                double weight = kernels[row % to][source];
                if (weight == 0) continue;
                ReadOnlySpan<double> cell = values.AsSpan(((row / to * from) + source) * inner, inner);
                TensorPrimitives.MultiplyAdd(cell, weight, sum, sum);
            }
        }
        return sums;
    }

    /// <summary>What each old cell counts in a new one, (from).</summary>
    private double[] Kernel(int cell, int from, int to)
    {
        double step = from / (to + Offset); // old cells a new one
        return Antialias ? Widened(step * (cell + 0.5), step, from) : Plain((step * (cell + 0.5)) - 0.5, from);
    }

    private static double[] Plain(double at, int from)
    {
        const double Sharpness = -0.75;
        var kernel = new double[from];
        int before = (int)Math.Floor(at);
        for (int source = before - 1; source <= before + 2; source++)
            kernel[Math.Clamp(source, 0, from - 1)] += Cubic(source - at, Sharpness);
        return kernel;
    }

    private static double[] Widened(double middle, double step, int from)
    {
        const double Sharpness = -0.5;
        double stretch = Math.Max(1, step), reach = 2 * stretch;
        var kernel = new double[from];
        int first = Math.Max(0, (int)(middle - reach + 0.5)), end = Math.Min(from, (int)(middle + reach + 0.5));
        for (int source = first; source < end; source++) kernel[source] = Cubic((source + 0.5 - middle) / stretch, Sharpness);
        TensorPrimitives.Divide(kernel, TensorPrimitives.Sum<double>(kernel), kernel);
        return kernel;
    }

    /// <summary>Keys' cubic convolution kernel.</summary>
    private static double Cubic(double x, double a)
    {
        x = Math.Abs(x);
        if (x < 1) return (((a + 2) * x) - (a + 3)) * x * x + 1;
        return x < 2 ? ((((x - 5) * x) + 8) * x - 4) * a : 0;
    }
}
