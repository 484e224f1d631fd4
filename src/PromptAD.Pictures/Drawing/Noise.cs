namespace PromptAD.Pictures.Drawing;

/// <summary>Tables of noise that every texture samples: drawn once a process from a fixed seed, periodic, shared by all threads.</summary>
internal static class Noise
{
    private const int Lattice = 256, CellTile = 512, CellSize = 8, GaussCount = 1 << 18;
    private static readonly float[] s_lattice = DrawLattice();
    private static readonly float[] s_gauss = DrawGauss();
    private static readonly CellSample[] s_cells = DrawCells();

    /// <summary>Distances to the nearest and the second nearest point, in cells, and a number in [0, 1) of the nearest.</summary>
    internal readonly record struct CellSample(float Nearest, float Second, float Id);

    /// <summary>Smooth noise of one cell per unit, uniform-like in [0, 1].</summary>
    public static float Value(float x, float y)
    {
        float floorX = MathF.Floor(x), floorY = MathF.Floor(y);
        float fx = x - floorX, fy = y - floorY;
        fx = fx * fx * (3 - 2 * fx);
        fy = fy * fy * (3 - 2 * fy);
        int x0 = (int)floorX & (Lattice - 1), x1 = (x0 + 1) & (Lattice - 1);
        int y0 = ((int)floorY & (Lattice - 1)) * Lattice, y1 = (y0 + Lattice) & (Lattice * Lattice - 1);
        float[] table = s_lattice;
        float top = table[y0 + x0] + (table[y0 + x1] - table[y0 + x0]) * fx;
        float bottom = table[y1 + x0] + (table[y1 + x1] - table[y1 + x0]) * fx;
        return top + (bottom - top) * fy;
    }

    /// <summary>Octaves of <see cref="Value"/>, each twice as fine and somewhat weaker; mean 0.5.</summary>
    public static float Fractal(float x, float y, int octaves)
    {
        float sum = 0, weight = 0.5f, total = 0;
        for (int i = 0; i < octaves; i++)
        {
            sum += Value(x, y) * weight;
            total += weight;
            weight *= 0.62f;
            (x, y) = (x * 2 + 17.3f, y * 2 + 41.7f);
        }
        return sum / total;
    }

    /// <summary>Voronoi cells of about one unit.</summary>
    public static CellSample Cells(float x, float y)
    {
        x *= CellSize;
        y *= CellSize;
        float floorX = MathF.Floor(x), floorY = MathF.Floor(y);
        float fx = x - floorX, fy = y - floorY;
        int x0 = (int)floorX & (CellTile - 1), x1 = (x0 + 1) & (CellTile - 1);
        int y0 = ((int)floorY & (CellTile - 1)) * CellTile, y1 = (y0 + CellTile) & (CellTile * CellTile - 1);
        CellSample[] table = s_cells;
        ref readonly CellSample a = ref table[y0 + x0], b = ref table[y0 + x1], c = ref table[y1 + x0], d = ref table[y1 + x1];
        float wa = (1 - fx) * (1 - fy), wb = fx * (1 - fy), wc = (1 - fx) * fy, wd = fx * fy;
        return new CellSample(
            a.Nearest * wa + b.Nearest * wb + c.Nearest * wc + d.Nearest * wd,
            a.Second * wa + b.Second * wb + c.Second * wc + d.Second * wd,
            a.Id);
    }

    /// <summary>White noise for a row of a sensor: standard normal values from <paramref name="offset"/> on.</summary>
    public static ReadOnlySpan<float> Gauss(uint offset, int length)
    {
        int start = (int)(offset % (uint)(GaussCount - length));
        return s_gauss.AsSpan(start, length);
    }

    private static float[] DrawLattice()
    {
        var rng = new Rng(11);
        return [.. Enumerable.Range(0, Lattice * Lattice).Select(_ => rng.Unit())];
    }

    private static float[] DrawGauss()
    {
        var rng = new Rng(12);
        return [.. Enumerable.Range(0, GaussCount).Select(_ => rng.Normal())];
    }

    private static CellSample[] DrawCells()
    {
        const int cells = CellTile / CellSize;
        var rng = new Rng(13);
        var points = new (float X, float Y, float Id)[cells * cells];
        for (int i = 0; i < points.Length; i++) points[i] = (rng.Unit(), rng.Unit(), rng.Unit());
        var samples = new CellSample[CellTile * CellTile];
        for (int i = 0; i < samples.Length; i++)
        {
            float x = (float)(i % CellTile) / CellSize, y = (float)(i / CellTile) / CellSize;
            float first = 9, second = 9, id = 0;
            for (int cy = (int)y - 1; cy <= (int)y + 1; cy++)
            {
                for (int cx = (int)x - 1; cx <= (int)x + 1; cx++)
                {
                    var point = points[(cy & (cells - 1)) * cells + (cx & (cells - 1))];
                    float dx = cx + point.X - x, dy = cy + point.Y - y, distance = MathF.Sqrt(dx * dx + dy * dy);
                    if (distance < first) (second, first, id) = (first, distance, point.Id);
                    else if (distance < second) second = distance;
                }
            }
            samples[i] = new CellSample(first, second, id);
        }
        return samples;
    }
}
