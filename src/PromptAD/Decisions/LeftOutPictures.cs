using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Decisions;

/// <summary>
/// The scores of good pictures that are left out of the memory in turn, for limits: each is judged as a detector would, region by region,
/// and the most anomalous region's score is the picture's.
/// </summary>
/// <param name="regions">The regions of the pictures.</param>
/// <param name="scorer">Scores a region.</param>
/// <param name="map">The map of a picture from the scores of its regions.</param>
internal sealed class LeftOutPictures(
    IReadOnlyList<LeftOutRegion> regions, PictureScorer scorer, Func<IReadOnlyList<PictureScores>, float[]> map)
{
    /// <summary>The most pictures that are left out in turn; more say little more and cost a memory each.</summary>
    public const int MostSources = MemoryOptions.StudiedPictures;

    // A picture whose strangest place is nearer than good places are on average has a copy among the others, such as another frame of the
    // same part, which tells nothing of the next part. It is judged as a single picture is. (Copies of a drawn plate with noise reach 0.47,
    // photographs of different parts at least 0.52.)
    private const float GoodOnAverage = 0.5f;

    /// <summary>Scores some of the pictures and their variations.</summary>
    /// <param name="sources">How many of the first pictures.</param>
    /// <param name="cancellation">Stops within a score.</param>
    public IReadOnlyList<GoodScore> Of(int sources, CancellationToken cancellation = default)
    {
        var scores = new List<GoodScore>();
        for (int source = 0; source < sources; source++)
        {
            PictureScores[][] judged = [.. regions.Select(region => Judge(region, source, cancellation))]; // (regions, variations)
            for (int query = 0; query < judged[0].Length; query++)
            {
                cancellation.ThrowIfCancellationRequested();
                PictureScores[] found = [.. judged.Select(region => region[query])];
                scores.Add(new GoodScore(source, TiledScorer.Highest(found).Image, map(found).Max()));
            }
        }
        return scores;
    }

    private PictureScores[] Judge(LeftOutRegion region, int source, CancellationToken cancellation)
    {
        PictureFeatures[] queries = region.Queries(source);
        PictureScores[] judged = [.. region.Scores.Judge(source, queries, scorer, region.Bank, cancellation)];
        // A tile may well be alike in all good pictures, so near copies are told by whole pictures alone.
        bool isCopy = regions.Count == 1 && region.Scores is { HasOthers: true, KnowsPlaces: true } && scorer.IsOnCommonScale
            && judged.All(found => found.Image < GoodOnAverage);
        return isCopy ? [.. region.Scores.JudgeAlone(queries, scorer, region.Bank, cancellation)] : judged;
    }
}

/// <summary>One region of the pictures.</summary>
/// <param name="Scores">Judges it.</param>
/// <param name="Bank">The memory of all pictures.</param>
/// <param name="Queries">Of a picture's number, itself and its variations as they would be judged.</param>
internal sealed record LeftOutRegion(ILeftOutScores Scores, MemoryBank Bank, Func<int, PictureFeatures[]> Queries)
{
    /// <summary>The region of the pictures that a memory was made of.</summary>
    /// <param name="region">The memory of the region.</param>
    /// <param name="inspected">The patches that are remembered; null for all.</param>
    /// <param name="cancellation">Stops within an encoding.</param>
    public static LeftOutRegion Of(RegionMemory region, InspectedPatches? inspected, CancellationToken cancellation) => new(
        region.Subspaces is { } planes
            ? new LeftOutSubspaces(planes, region.Pictures.Count)
            : new LeftOutScores(region.Itself, region.Remembered, inspected, region.Rows),
        region.Bank, source => region.Pictures[source].Judged(cancellation));
}
