using PromptAD.Decisions;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;
using PromptAD.Words;

namespace PromptAD.Training;

/// <content>
/// Learning in tiles. Of a tile there may be hundreds, so only what prompts and memory need is kept of each; variations for scale and
/// limits are encoded when their tile's turn comes, after the prompts are learned.
/// </content>
public sealed partial class PromptTrainer
{
    private readonly TileShots[] tiles; // none where pictures are taken as a whole

    private bool AddTiles(in CameraFrame frame, CancellationToken cancellation)
    {
        // All is computed before anything is kept, so that a picture is added as a whole or not at all.
        var encoded = new List<(PictureFeatures Picture, PictureFeatures[] Shifted, byte[] Pixels)>();
        string hash = "";
        for (int tile = 0; tile < tiles.Length; tile++)
        {
            cancellation.ThrowIfCancellationRequested();
            var image = new byte[preprocessor.Length]; // (3, size, size)
            preprocessor.PrepareReference(options.Tiles!.Cut(frame, tile), image);
            hash += HashOf(image);
            encoded.Add((shotEncoder.Encode(image, cancellation), shotEncoder.Shifted(image, cancellation), image));
        }
        if (!added.Add(hash)) return false;
        foreach ((int tile, (PictureFeatures picture, PictureFeatures[] shifted, byte[] pixels)) in encoded.Index())
        {
            features.Add(picture);
            tiles[tile].Good.Add(picture);
            tiles[tile].Moved.AddRange(shifted);
            tiles[tile].Pixels.Add(pixels);
        }
        return true;
    }

    private AnomalyDetector FinishTiles(Prototypes image, Prototypes pixel, float temperature, CancellationToken cancellation)
    {
        MemoryBank[] banks =
        [
            .. tiles.Select(tile =>
                MemoryFitting.Fit(tile.Good, tile.Moved, Widths, Whitened(tile, cancellation), TapWeights, cancellation)),
        ];
        ScoreScale? scale = scoring.Fusion == ScoreFusion.CommonScale
            ? PictureScorer.ScaleOf(image, pixel, temperature, VariedTiles(banks, cancellation), cancellation)
            : null;
        var scorer = new TiledScorer(options.Tiles!, Grid, image, pixel, temperature, scoring, scale);
        float PeakOf(TileShots tile, int i) =>
            scorer.Tile.GoodPeak([.. tile.Good.SelectMany(one => one.Tokens)], Shots, banks[i], cancellation);
        float peak = tiles.Select(PeakOf).Max();
        var model = new Detector(Describe(temperature, peak, scale), new WordPrototypes(image, pixel), banks);
        var detector = new AnomalyDetector(model, backbone, ownsBackbone: false);
        if (options.Limits is { } limits) detector.SetLimits(new GoodScores(LeftOutTiles(scorer, banks, cancellation), []), limits);
        return detector;
    }

    /// <summary>How a tile's memory is whitened. Its gentle variations are not remembered: of many tiles they would be too many.</summary>
    private IReadOnlyList<Whitening>? Whitened(TileShots shots, CancellationToken cancellation)
    {
        if (scoring.WhitenMemory != true) return null;
        PictureFeatures[][] gentle = [.. shots.Pixels.Select(pixels => shotEncoder.Gentle(pixels, cancellation))];
        return MemoryFitting.Whiten(shots.Good, gentle, Widths, cancellation);
    }

    /// <summary>Every tile in other places and lights, with its memory.</summary>
    private IEnumerable<(PictureFeatures Picture, MemoryBank? Memory)> VariedTiles(MemoryBank[] banks, CancellationToken cancellation)
    {
        foreach ((int tile, TileShots shots) in tiles.Index())
        {
            foreach (byte[] pixels in shots.Pixels)
            {
                foreach (PictureFeatures picture in shotEncoder.Varied(pixels, cancellation))
                    yield return (picture, banks[tile]);
            }
        }
    }

    /// <summary>As <see cref="LeftOutScores.Of"/>, tile by tile; a picture's score is its highest tile's.</summary>
    private List<GoodScore> LeftOutTiles(TiledScorer scorer, MemoryBank[] banks, CancellationToken cancellation)
    {
        int sources = Math.Min(Shots, LeftOutScores.MostSources), queries = 1 + GentleVariation.Count;
        PictureScores[][] found = [.. Enumerable.Range(0, sources * queries).Select(_ => new PictureScores[tiles.Length])];
        foreach ((int tile, TileShots shots) in tiles.Index())
        {
            var leftOut = new LeftOutScores(shots.Good, shots.Moved);
            for (int source = 0; source < sources; source++)
            {
                PictureFeatures[] judgedTile = shotEncoder.Judged(
                    shots.Pixels[source], shots.Good[source], aspect: 1, gently: [], cancellation);
                IEnumerable<PictureScores> ofTile = leftOut.Judge(source, judgedTile, scorer.Tile, banks[tile], cancellation);
                foreach ((int query, PictureScores scores) in ofTile.Index())
                    found[(source * queries) + query][tile] = scores with { TextualMap = null, VisualMap = null };
            }
        }
        return [.. found.Select((one, i) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return new GoodScore(i / queries, TiledScorer.Highest(one).Image, scorer.Map(one).Max());
        })];
    }

    /// <summary>What is kept of one tile of all good pictures.</summary>
    private sealed class TileShots
    {
        public List<PictureFeatures> Good { get; } = [];

        public List<PictureFeatures> Moved { get; } = [];

        /// <summary>8-bit planes, (3, size, size) each.</summary>
        public List<byte[]> Pixels { get; } = [];

        /// <summary>Forgets all, and returns what brings it back.</summary>
        public Action Forget() => Emptied(Good) + Emptied(Moved) + Emptied(Pixels);
    }
}
