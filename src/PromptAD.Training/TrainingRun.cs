using PromptAD.Encoders.Clip;
using PromptAD.Training.Prompts;
using PromptAD.Words;

namespace PromptAD.Training;

/// <summary>One training of both levels. Image features are constant and computed before; only text features change.</summary>
public sealed class TrainingRun(
    Backbone backbone,
    TextEncoder encoder,
    TrainingOptions options,
    InitialContexts contexts,
    string objectName,
    IReadOnlyList<string> states,
    int images,
    float temperature)
{
    /// <summary>Learns both levels.</summary>
    /// <param name="cls">Normalised global features of the images, (images, E).</param>
    /// <param name="tokens">Normalised patch tokens of the images, (images, patches, E).</param>
    /// <param name="rate">
    /// Rates the prototypes of both levels after every epoch of a level, when the best epoch is wanted (mark Q7); null for the last. While
    /// the image level is learned, its prototypes stand in for those of the pixel level.
    /// </param>
    /// <param name="progress">Told after every epoch.</param>
    /// <param name="cancellation">Stops within an epoch.</param>
    public (Prototypes Image, Prototypes Pixel) Learn(
        float[] cls,
        float[] tokens,
        Func<Prototypes, Prototypes, PromptLevel, double>? rate,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        PromptOptions prompts = options.Prompts;
        Func<Prototypes, double>? rateImage = rate is null ? null : own => rate(own, own, PromptLevel.Image);
        Prototypes image = LearnLevel(PromptLevel.Image, prompts.ImageContexts, cls, rateImage, progress, cancellation);
        Func<Prototypes, double>? ratePixel = rate is null ? null : own => rate(image, own, PromptLevel.Pixel);
        Prototypes pixel = LearnLevel(PromptLevel.Pixel, prompts.PixelContexts, tokens, ratePixel, progress, cancellation);
        return (image, pixel);
    }

    private Prototypes LearnLevel(
        PromptLevel level,
        int count,
        float[] visual,
        Func<Prototypes, double>? rate,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        TextTower tower = backbone.TextTower;
        int width = tower.Width;
        PromptOptions prompts = options.Prompts;
        var text = new PromptText(tower.Tokenizer, tower.ContextLength, count, objectName, states, prompts);
        float[] normal = contexts(InitialContext.Normal, count * prompts.ContextLength * width);
        float[] anomalous = contexts(InitialContext.Anomalous, prompts.AnomalyContexts * prompts.AnomalyContextLength * width);
        cancellation.ThrowIfCancellationRequested();
        using var learner = new PromptLearner(text, encoder, normal, anomalous, width);
        var losses = new PromptLosses(options.Losses, temperature, perPixel: level == PromptLevel.Pixel);
        using var trainer = new LevelTrainer(learner, losses, options.Optimizer, visual, images, tower.EmbeddingSize);

        Prototypes? best = null;
        double highest = double.NegativeInfinity;
        for (int epoch = 0; epoch < options.Optimizer.Epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            LossValues loss = trainer.Step(epoch, cancellation);
            progress?.Report(new TrainingProgress(level, epoch + 1, options.Optimizer.Epochs, loss.Total));
            if (rate is null) continue;
            Prototypes candidate = learner.ReadPrototypes(cancellation);
            double score = rate(candidate);
            if (best is null || score > highest) (best, highest) = (candidate, score);
        }
        return best ?? learner.ReadPrototypes(cancellation);
    }
}
