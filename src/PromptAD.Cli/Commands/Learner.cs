using PromptAD.Training;

namespace PromptAD.Cli.Commands;

/// <summary>What <c>promptad train</c> does with a trainer, of words and memory or of the memory alone.</summary>
/// <param name="AddGood">Adds a picture; false where it was there before.</param>
/// <param name="Train">Makes the detector.</param>
/// <param name="Warnings">What the pictures should be warned of.</param>
internal sealed record Learner(
    Func<string, CancellationToken, bool> AddGood,
    Func<IProgress<WorkProgress>, CancellationToken, AnomalyDetector> Train,
    Func<IReadOnlyList<Diagnostic>> Warnings)
{
    public static Learner Of(PromptTrainer trainer) => new(
        (path, cancellation) => trainer.AddGood(path, cancellation),
        (progress, cancellation) => trainer.Train(
            new SynchronousProgress<TrainingProgress>(state => progress.Report(new WorkProgress(state.Fraction, "Learning prompts"))),
            cancellation),
        () => trainer.Warnings);

    public static Learner Of(MemoryTrainer trainer) => new(
        (path, cancellation) => trainer.AddGood(path, cancellation),
        (_, cancellation) => trainer.Train(cancellation),
        () => trainer.Warnings);
}
