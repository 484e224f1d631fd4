using PromptAD.Encoders;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Tests.Scoring;

public sealed class TiledScorerTests
{
    private const int Grid = 4;
    private static readonly ScoringOptions Options = new() { MapSize = 20, SmoothingSigma = 1 };

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(8, 8)]
    public void The_merged_map_is_the_weighted_mean_of_the_tiles_that_overlap(int rows, int columns)
    {
        var tiling = new Tiling(rows, columns);
        TiledScorer scorer = Scorer(tiling);
        PictureScores[] tiles = [.. Enumerable.Range(0, tiling.Count).Select(Tile)];
        const int Side = 20, Step = 16;
        Assert.Equal((((columns - 1) * Step) + Side, ((rows - 1) * Step) + Side), (scorer.Width, scorer.Height));
        float[] map = scorer.Map(tiles);
        float[][] maps = [.. tiles.Select(scorer.Tile.Map)];
        for (int y = 0; y < scorer.Height; y++)
        {
            for (int x = 0; x < scorer.Width; x++)
            {
                double sum = 0, weights = 0;
                for (int tile = 0; tile < tiling.Count; tile++)
                {
                    int left = x - (tile % columns * Step), top = y - (tile / columns * Step);
                    if (left is < 0 or >= Side || top is < 0 or >= Side) continue;
                    double weight = Weight(left, tile % columns, columns) * Weight(top, tile / columns, rows);
                    sum += weight * maps[tile][(top * Side) + left];
                    weights += weight;
                }
                Assert.Equal(sum / weights, map[(y * scorer.Width) + x], 1e-5);
            }
        }

        static double Weight(int at, int tile, int tiles)
        {
            double fromStart = tile > 0 ? (at + 0.5) / (Side - Step) : 1, fromEnd = tile < tiles - 1 ? (Side - at - 0.5) / (Side - Step) : 1;
            return Math.Min(1, Math.Min(fromStart, fromEnd));
        }
    }

    [Fact]
    public void The_most_anomalous_tile_is_the_pictures_score()
    {
        PictureScores[] tiles = [Tile(0) with { Image = 0.2f }, Tile(1) with { Image = 0.7f }, Tile(2) with { Image = 0.7f }];
        Assert.Same(tiles[1], TiledScorer.Highest(tiles));
    }

    private static TiledScorer Scorer(Tiling tiling) =>
        new(tiling, new PatchGrid(Grid), new Prototypes([1, 0], [0, 1]), new Prototypes([1, 0], [0, 1]), 1, Options, scale: null);

    private static PictureScores Tile(int seed)
    {
        var random = new Random(seed);
        return new PictureScores(0.5f, 0.5f, 0.5f, null, null, [.. Enumerable.Range(0, Grid * Grid).Select(_ => (float)random.NextDouble())]);
    }
}
