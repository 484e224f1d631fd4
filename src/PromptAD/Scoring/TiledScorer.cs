using System.Numerics.Tensors;
using PromptAD.Encoders;
using PromptAD.Words;

namespace PromptAD.Scoring;

/// <summary>Reads scores and maps of pictures in tiles: each tile by itself, then all of them together.</summary>
internal sealed class TiledScorer
{
    private readonly Tiling tiling;
    private readonly int side, step;
    private readonly float[] rising; // the weights of a tile's pixels from its edge inwards, where another tile overlaps

    /// <param name="tiling">How pictures are cut.</param>
    /// <param name="grid">Where a tile's patches lie.</param>
    /// <param name="image">Prototypes of the image level; null without words.</param>
    /// <param name="pixel">Prototypes of the pixel level; null without words.</param>
    /// <param name="temperature">s (mark Q3).</param>
    /// <param name="options">How to read and to fuse.</param>
    /// <param name="scale">What good tiles score; needed by <see cref="ScoreFusion.CommonScale"/> only.</param>
    public TiledScorer(
        Tiling tiling, PatchGrid grid, Prototypes? image, Prototypes? pixel, float temperature, ScoringOptions options, ScoreScale? scale)
    {
        this.tiling = tiling;
        (side, step) = tiling.MapSteps(options.MapSize);
        // Smoothed as far as without tiles, in patches.
        ScoringOptions one = options with { MapSize = side, SmoothingSigma = options.SmoothingSigma * side / options.MapSize };
        Tile = new PictureScorer(grid, image, pixel, temperature, one, scale);
        rising = [.. Enumerable.Range(0, side - step).Select(i => (i + 0.5f) / (side - step))];
    }

    /// <summary>Scores one tile.</summary>
    public PictureScorer Tile { get; }

    /// <summary>The merged map's columns.</summary>
    public int Width => ((tiling.Columns - 1) * step) + side;

    /// <summary>The merged map's rows.</summary>
    public int Height => ((tiling.Rows - 1) * step) + side;

    /// <summary>The scores of the most anomalous tile, which are the picture's; the first of several.</summary>
    public static PictureScores Highest(IEnumerable<PictureScores> tiles) => tiles.MaxBy(scores => scores.Image)!;

    /// <summary>
    /// The picture's map, (height, width): where tiles overlap, a mean whose weights rise from a tile's edge inwards, so that no seam
    /// shows.
    /// </summary>
    /// <param name="tiles">The scores of all tiles.</param>
    public float[] Map(IReadOnlyList<PictureScores> tiles)
    {
        int width = Width;
        float[] sum = new float[width * Height], weights = new float[sum.Length], row = new float[side];
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            float[] map = Tile.Map(tiles[tile]);
            float[] across = Weights(tile % tiling.Columns, tiling.Columns), down = Weights(tile / tiling.Columns, tiling.Rows);
            int start = (tile / tiling.Columns * step * width) + (tile % tiling.Columns * step);
            for (int y = 0; y < side; y++)
            {
                Span<float> to = sum.AsSpan(start + (y * width), side), total = weights.AsSpan(start + (y * width), side);
                TensorPrimitives.Multiply(across, down[y], row);
                TensorPrimitives.Add(total, row, total);
                TensorPrimitives.MultiplyAdd(row, map.AsSpan(y * side, side), to, to);
            }
        }
        TensorPrimitives.Divide(sum, weights, sum);
        TensorPrimitives.Min(sum, 1, sum); // rounding
        return sum;
    }

    /// <summary>The weights of a tile's pixels along a side: 1, but for where another tile overlaps.</summary>
    private float[] Weights(int tile, int tiles)
    {
        var weights = new float[side];
        Array.Fill(weights, 1);
        for (int i = 0; i < rising.Length; i++)
        {
            if (tile > 0) weights[i] *= rising[i];
            if (tile < tiles - 1) weights[side - 1 - i] *= rising[i];
        }
        return weights;
    }
}
