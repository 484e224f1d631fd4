using PromptAD.Imaging;

namespace PromptAD.Evaluation.Advising;

/// <summary>
/// What an advice has to do, counted in encodings: roughly, for progress and for an estimate of the time. What several variants encode
/// alike is encoded once.
/// </summary>
/// <param name="backbone">The backbone.</param>
/// <param name="options">What is tried.</param>
internal sealed class AdviceWork(Backbone backbone, AdviceOptions options)
{
    private const double Judged = 0.7; // looking a picture up in the memory and making its map, beside encoding it
    private const double Fitting = 25; // whitening, scale and limits, for each picture that is learned from
    private const double WordsOfEpoch = 3700; // tokens that a step of both levels goes through, forwards and backwards

    /// <summary>Comparing some pictures with each other.</summary>
    public double Comparing(int pictures) =>
        pictures * (options.Training.Scoring.For(backbone).WhitenMemory == true ? 1 + GentleVariation.Count : 1.0);

    /// <summary>Whether a variant is also judged on turned copies: the first and those with poses, where poses are tried.</summary>
    public static bool IsTurned(AdviceVariant variant, IReadOnlyList<AdviceVariant> all) =>
        all.Any(one => one.Poses is not null) && (variant == all[0] || variant.Poses is not null);

    /// <summary>Trying each variant: learning it, and learning and judging together.</summary>
    /// <param name="variants">The variants in the order they are tried.</param>
    /// <param name="copies">How many copies each judges.</param>
    /// <param name="turns">How many turned copies are judged where they are.</param>
    public (double Learning, double Whole)[] Trying(IReadOnlyList<AdviceVariant> variants, int copies, int turns) =>
    [
        .. variants.Select((variant, i) =>
        {
            double learning = Learning(variant, isFirst: i == 0);
            return (learning, learning + Judging(variant, isFirst: i == 0, copies, IsTurned(variant, variants) ? turns : 0));
        }),
    ];

    private double Learning(AdviceVariant variant, bool isFirst)
    {
        int regions = variant.Tiles?.Count ?? 1, own = 1 + GoodVariation.Count;
        double encodings = variant switch
        {
            { Tiles: not null } => regions * (own + GentleVariation.Count),
            { Poses: { } poses } => poses.Views,
            { MemoryShifts: { } steps } => PatchShift.Count(steps),
            _ => isFirst ? own : 0,
        };
        return Words + (variant.Shots * (encodings + (Fitting * regions)));
    }

    private static double Judging(AdviceVariant variant, bool isFirst, int copies, int turned)
    {
        bool areEncoded = isFirst || variant.Tiles is not null;
        return (copies + turned) * (variant.Tiles?.Count ?? 1) * (areEncoded ? 1 + Judged : Judged);
    }

    /// <summary>Learning the words of one variant: the text tower's work beside the vision tower's.</summary>
    private double Words => backbone.TextTower.EncodingsOf(WordsOfEpoch * options.Training.Optimizer.Epochs);
}
