using System.Numerics;
using PromptAD.Encoders;

namespace PromptAD.Imaging;

/// <summary>
/// A picture as it would be had its part lain in another pose under the same camera: turned about the picture's middle, after being
/// mirrored or not. Works on encoder input, which is squashed to a square, so it is told the picture's shape.
/// </summary>
/// <param name="Degrees">How far it is turned, clockwise.</param>
/// <param name="IsMirrored">Whether left and right are exchanged first.</param>
public readonly record struct PoseView(double Degrees, bool IsMirrored)
{
    private const double Rounding = 1e-6;

    /// <summary>
    /// Makes the view, by cubic interpolation; exact for quarter turns of square pictures. Corners that a turn leaves empty are filled with
    /// the picture mirrored at its border.
    /// </summary>
    /// <param name="input">Planes, (3, size, size).</param>
    /// <param name="size">Its side in pixels.</param>
    /// <param name="aspect">The picture's width over its height.</param>
    /// <param name="output">Receives the view, (3, size, size); not the same memory.</param>
    public void Make(ReadOnlySpan<byte> input, int size, double aspect, Span<byte> output)
    {
        int plane = size * size;
        Span<int> rows = stackalloc int[4], columns = stackalloc int[4];
        Span<double> down = stackalloc double[4], right = stackalloc double[4];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                (double fromX, double fromY) = From((x + 0.5) / size, (y + 0.5) / size, aspect);
                Taps(fromX * size, size, columns, right);
                Taps(fromY * size, size, rows, down);
                for (int channel = 0; channel < 3; channel++)
                {
                    double sum = 0;
                    for (int i = 0; i < 4; i++)
                    {
                        ReadOnlySpan<byte> row = input.Slice((channel * plane) + (rows[i] * size), size);
                        double across = 0;
                        for (int j = 0; j < 4; j++) across += right[j] * row[columns[j]];
                        sum += down[i] * across;
                    }
                    output[(channel * plane) + (y * size) + x] = (byte)Math.Clamp(Math.Round(sum), 0, byte.MaxValue);
                }
            }
        }
    }

    /// <summary>
    /// Where the middles of the view's patches lie in the picture itself, on a scale on which the picture's own patches have theirs at 1/2,
    /// 3/2 and so on from its top left, (grid · grid).
    /// </summary>
    internal Vector2[] Spots(PatchGrid grid, double aspect)
    {
        int side = grid.Side;
        var spots = new Vector2[side * side];
        for (int place = 0; place < spots.Length; place++)
        {
            (double x, double y) = From(grid.Middle(place % side) / side, grid.Middle(place / side) / side, aspect);
            spots[place] = new Vector2(Along(x), Along(y));
        }
        return spots;

        // What lies in the picture beyond its last patch's middle is that patch's.
        float Along(double at) => (float)(at <= 1 ? Math.Min((at * side) - grid.Offset, side - 0.5) : (at * side) - grid.Offset);
    }

    /// <summary>The view's patches that show nothing but the picture itself, in their order.</summary>
    /// <param name="grid">Where patches lie.</param>
    /// <param name="aspect">The picture's width over its height.</param>
    public int[] Whole(PatchGrid grid, double aspect)
    {
        PoseView view = this;
        int side = grid.Side;
        return [.. Enumerable.Range(0, side * side).Where(place => view.IsWhole(place % side, place / side, grid, aspect))];
    }

    private bool IsWhole(int column, int row, PatchGrid grid, double aspect)
    {
        (double left, double right) = grid.Reach(column);
        (double top, double bottom) = grid.Reach(row);
        for (int corner = 0; corner < 4; corner++) // a patch is convex, and so is the picture
        {
            (double x, double y) = From((corner % 2 == 0 ? left : right) / grid.Side, (corner / 2 == 0 ? top : bottom) / grid.Side, aspect);
            if (Math.Min(x, y) < -Rounding || Math.Max(x, y) > 1 + Rounding) return false;
        }
        return true;
    }

    /// <summary>Where a place of the view, in parts of its sides, lies in the picture.</summary>
    private (double X, double Y) From(double x, double y, double aspect)
    {
        double angle = Degrees * Math.PI / 180, cos = Math.Round(Math.Cos(angle), 15), sin = Math.Round(Math.Sin(angle), 15);
        double right = (x - 0.5) * aspect, down = y - 0.5;
        double fromX = ((cos * right) + (sin * down)) / aspect, fromY = (cos * down) - (sin * right);
        return ((IsMirrored ? -fromX : fromX) + 0.5, fromY + 0.5);
    }

    /// <summary>Four pixels and their weights about a position: Catmull and Rom's cubic.</summary>
    private static void Taps(double position, int size, Span<int> pixels, Span<double> weights)
    {
        double at = Math.Round(position - 0.5, 9); // so that whole pixels stay themselves
        int first = (int)Math.Floor(at);
        double t = at - first;
        for (int i = 0; i < 4; i++) pixels[i] = Border.Reflect(first - 1 + i, size);
        weights[0] = t * ((t * (2 - t)) - 1) / 2;
        weights[1] = ((t * t * ((3 * t) - 5)) + 2) / 2;
        weights[2] = t * ((t * (4 - (3 * t))) + 1) / 2;
        weights[3] = t * t * (t - 1) / 2;
    }
}
