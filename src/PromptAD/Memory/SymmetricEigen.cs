using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PromptAD.Memory;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix, in double precision and on all cores: reflections bring it to three diagonals, and
/// rotations take those to one (QL with implicit shifts). Every sum has one order, so results do not depend on the number of cores.
/// </summary>
internal sealed class SymmetricEigen
{
    private const int Slice = 32; // columns of the eigenvectors that stay in the second cache while rotations pass by
    private const long WorthThreads = 1 << 17; // values below which a second thread costs more than it saves
    private const int MostSweeps = 60; // of one eigenvalue; two are usual
    private const double Rounding = 1.0 / (1L << 52), Tiny = 1e-280;

    private readonly int width;
    private readonly double[] matrix; // of the reflections' vectors in the end, row by row behind the diagonal
    private readonly double[] diagonal, beside; // of the three diagonals; the first is the eigenvalues in the end
    private readonly double[] turned; // eigenvectors of the three diagonals, one a row
    private readonly List<Rotation> waiting = [];
    private readonly CancellationToken cancellation;
    private int[] order = []; // of the eigenvalues, the largest first

    private SymmetricEigen(double[] matrix, int width, CancellationToken cancellation)
    {
        (this.matrix, this.width, this.cancellation) = (matrix, width, cancellation);
        (diagonal, beside, turned) = (new double[width], new double[width], new double[width * width]);
        for (int i = 0; i < width; i++) turned[(i * width) + i] = 1;
    }

    /// <summary>Finds all eigenvalues.</summary>
    /// <param name="matrix">The matrix, (width, width), row-major; overwritten.</param>
    /// <param name="width">Its side; at least 1.</param>
    /// <param name="cancellation">Stops within a few rows.</param>
    /// <exception cref="PromptADException">A value is not a finite number.</exception>
    public static SymmetricEigen Of(double[] matrix, int width, CancellationToken cancellation = default)
    {
        if (!double.IsFinite(TensorPrimitives.Sum<double>(matrix)))
            throw new PromptADException(Problem.Damaged, "The good pictures' features are not finite numbers; check the encoder's files.");
        var found = new SymmetricEigen(matrix, width, cancellation);
        found.Reflect();
        found.Rotate();
        found.order = [.. Enumerable.Range(0, width).OrderByDescending(i => found.diagonal[i])];
        return found;
    }

    /// <summary>The eigenvalues, the largest first.</summary>
    public double[] Values => [.. order.Select(i => diagonal[i])];

    /// <summary>The eigenvectors of the largest eigenvalues, each of length 1, (count, width).</summary>
    public double[] Vectors(int count)
    {
        var vectors = new double[count * width];
        For(0, count, (long)count * width * width, i =>
        {
            Span<double> vector = vectors.AsSpan(i * width, width);
            turned.AsSpan(order[i] * width, width).CopyTo(vector);
            for (int step = width - 3; step >= 0; step--)
            {
                ReadOnlySpan<double> mirror = matrix.AsSpan((step * width) + step + 1, width - step - 1);
                Span<double> part = vector[(step + 1)..];
                TensorPrimitives.MultiplyAdd(mirror, -TensorPrimitives.Dot(mirror, part), part, part);
            }
        });
        return vectors;
    }

    /// <summary>
    /// To three diagonals by reflections 1 - u·uᵀ, each of which changes the rest to rest - u·wᵀ - w·uᵀ. That change is made when the next
    /// reflection reads the rows, so that each step goes through the matrix once.
    /// </summary>
    private void Reflect()
    {
        double[] u = new double[width], w = new double[width], mirror = new double[width], product = new double[width];
        for (int step = 0; step < width; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            int first = step + 1;
            Change(step, step);
            Span<double> row = matrix.AsSpan(step * width, width);
            diagonal[step] = row[step];
            if (first < width) beside[step] = MirrorOf(row[first..], mirror.AsSpan(first));
            if (first >= width - 1) continue;
            For(first, width, (long)(width - first) * (width - first), i =>
            {
                Change(i, first);
                product[i] = TensorPrimitives.Dot<double>(matrix.AsSpan((i * width) + first, width - first), mirror.AsSpan(first));
            });
            mirror.AsSpan(first).CopyTo(row[first..]);
            double half = TensorPrimitives.Dot<double>(mirror.AsSpan(first), product.AsSpan(first)) / 2;
            for (int i = first; i < width; i++) (u[i], w[i]) = (mirror[i], product[i] - (half * mirror[i]));
        }

        void Change(int i, int from) => Subtract(matrix.AsSpan(i * width, width)[from..], u.AsSpan(from), w.AsSpan(from), u[i], w[i]);
    }

    /// <summary>The u of the reflection that leaves nothing of a row but its first value, which is returned.</summary>
    private static double MirrorOf(ReadOnlySpan<double> row, Span<double> mirror)
    {
        double rest = TensorPrimitives.Norm(row[1..]), length = double.Hypot(row[0], rest);
        if (rest <= Tiny)
        {
            mirror.Clear();
            return row[0];
        }
        double left = row[0] > 0 ? -length : length, toFirst = row[0] - left;
        double scale = Math.Sqrt(2) / double.Hypot(toFirst, rest);
        TensorPrimitives.Multiply(row, scale, mirror);
        mirror[0] = toFirst * scale;
        return left;
    }

    /// <summary>row - ui·w - wi·u.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // one decomposition is all there is, and would run in slow code
    private static void Subtract(Span<double> row, ReadOnlySpan<double> u, ReadOnlySpan<double> w, double ui, double wi)
    {
        Span<Vector<double>> rows = MemoryMarshal.Cast<double, Vector<double>>(row);
        ReadOnlySpan<Vector<double>> us = MemoryMarshal.Cast<double, Vector<double>>(u), ws = MemoryMarshal.Cast<double, Vector<double>>(w);
        for (int i = 0; i < rows.Length; i++) rows[i] -= (ui * ws[i]) + (wi * us[i]);
        for (int i = rows.Length * Vector<double>.Count; i < row.Length; i++) row[i] -= (ui * w[i]) + (wi * u[i]);
    }

    private void Rotate()
    {
        double scale = 0;
        for (int i = 0; i < width; i++) scale = Math.Max(scale, Math.Abs(diagonal[i]) + Math.Abs(beside[i]));
        double nothing = Rounding * scale;
        for (int i = 0; i < width; i++)
        {
            for (int sweep = 0; sweep < MostSweeps; sweep++)
            {
                int end = i;
                while (end < width - 1 && Math.Abs(beside[end]) > nothing) end++;
                if (end == i) break;
                Sweep(i, end);
                if (waiting.Count >= 8 * width) Turn();
            }
        }
        Turn();
    }

    /// <summary>One step from the end of a block of the three diagonals to its beginning, with Wilkinson's shift.</summary>
    private void Sweep(int start, int end)
    {
        double half = (diagonal[start + 1] - diagonal[start]) / (2 * beside[start]);
        double along = diagonal[end] - diagonal[start] + (beside[start] / (half + Math.CopySign(double.Hypot(half, 1), half)));
        double sine = 1, cosine = 1, moved = 0;
        for (int i = end - 1; i >= start; i--)
        {
            double across = sine * beside[i], kept = cosine * beside[i], length = double.Hypot(across, along);
            beside[i + 1] = length;
            if (length == 0)
            {
                diagonal[i + 1] -= moved;
                beside[end] = 0;
                return;
            }
            (sine, cosine) = (across / length, along / length);
            double other = diagonal[i + 1] - moved, mixed = ((diagonal[i] - other) * sine) + (2 * cosine * kept);
            moved = sine * mixed;
            diagonal[i + 1] = other + moved;
            along = (cosine * mixed) - kept;
            waiting.Add(new Rotation(i, cosine, sine));
        }
        diagonal[start] -= moved;
        beside[start] = along;
        beside[end] = 0;
    }

    /// <summary>Rotates the eigenvectors by what has come together, a slice of columns after the other.</summary>
    private void Turn()
    {
        cancellation.ThrowIfCancellationRequested();
        For(0, (width + Slice - 1) / Slice, (long)waiting.Count * width, slice =>
        {
            int from = slice * Slice, count = Math.Min(Slice, width - from);
            foreach (Rotation one in CollectionsMarshal.AsSpan(waiting))
            {
                int at = (one.Row * width) + from;
                Turn(turned.AsSpan(at, count), turned.AsSpan(at + width, count), one.Cosine, one.Sine);
            }
        });
        waiting.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(Span<double> upper, Span<double> lower, double cosine, double sine)
    {
        Span<Vector<double>> a = MemoryMarshal.Cast<double, Vector<double>>(upper), b = MemoryMarshal.Cast<double, Vector<double>>(lower);
        for (int i = 0; i < a.Length; i++) (a[i], b[i]) = ((cosine * a[i]) - (sine * b[i]), (sine * a[i]) + (cosine * b[i]));
        for (int i = a.Length * Vector<double>.Count; i < upper.Length; i++)
            (upper[i], lower[i]) = ((cosine * upper[i]) - (sine * lower[i]), (sine * upper[i]) + (cosine * lower[i]));
    }

    /// <param name="from">The first number.</param>
    /// <param name="to">The one behind the last.</param>
    /// <param name="values">How many values are worked on.</param>
    /// <param name="work">What is done for each number.</param>
    private static void For(int from, int to, long values, Action<int> work)
    {
        if (values >= WorthThreads)
        {
            Parallel.For(from, to, work);
            return;
        }
        for (int i = from; i < to; i++) work(i);
    }

    private readonly record struct Rotation(int Row, double Cosine, double Sine);
}
