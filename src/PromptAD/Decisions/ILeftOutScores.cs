using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Decisions;

/// <summary>
/// What a detector would say of one region of the good pictures it learned from, had it not remembered them: each picture and its gentle
/// variations are scored against a memory that leaves the picture out.
/// </summary>
internal interface ILeftOutScores
{
    /// <summary>Whether there are other pictures to compare one with.</summary>
    bool HasOthers { get; }

    /// <summary>Whether a picture's places can be compared with the other places.</summary>
    bool KnowsPlaces { get; }

    /// <summary>Judges one source and its variations.</summary>
    /// <param name="source">Which picture it is.</param>
    /// <param name="queries">Itself and its variations.</param>
    /// <param name="scorer">Reads scores and maps.</param>
    /// <param name="bank">The memory of all pictures.</param>
    /// <param name="cancellation">Stops within a score.</param>
    IEnumerable<PictureScores> Judge(
        int source, PictureFeatures[] queries, PictureScorer scorer, MemoryBank bank, CancellationToken cancellation = default);

    /// <summary>Judges one source and its variations by comparing each of its places with the other places.</summary>
    IEnumerable<PictureScores> JudgeAlone(
        PictureFeatures[] queries, PictureScorer scorer, MemoryBank bank, CancellationToken cancellation = default);
}
