using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>The values of the loss terms in one epoch, before the step.</summary>
internal readonly record struct LossValues(double Contrastive, double Margin, double Alignment, double Total);

/// <summary>
/// Learns the contexts of one level by gradient descent. Torch keeps its state per thread, so one training stays on one thread.
/// </summary>
internal sealed class LevelTrainer : IDisposable
{
    private readonly PromptLearner learner;
    private readonly PromptLosses losses;
    private readonly OptimizerOptions options;
    private readonly Tensor visual;
    private readonly optim.Optimizer optimizer;

    /// <param name="learner">The contexts; stays with the caller.</param>
    /// <param name="losses">The loss.</param>
    /// <param name="options">Epochs and rates.</param>
    /// <param name="visual">Normalised visual features, row-major, (images, rows, E).</param>
    /// <param name="images">k.</param>
    /// <param name="channels">E.</param>
    public LevelTrainer(PromptLearner learner, PromptLosses losses, OptimizerOptions options, float[] visual, int images, int channels)
    {
        this.learner = learner;
        this.losses = losses;
        this.options = options;
        this.visual = tensor(visual, images, visual.Length / (images * channels), channels).DetachFromDisposeScope();
        optimizer = optim.SGD(
            [learner.NormalContexts, learner.AnomalyContexts], options.LearningRate, options.Momentum, weight_decay: options.WeightDecay);
    }

    /// <summary>One pass over all images: loss, gradient, step with the epoch's learning rate.</summary>
    /// <exception cref="PromptADException">The loss is not a finite number.</exception>
    public LossValues Step(int epoch)
    {
        using var scope = NewDisposeScope();
        foreach (optim.ILearningRateController group in optimizer.ParamGroups) group.LearningRate = options.RateAt(epoch);
        optimizer.zero_grad();
        (Tensor contrastive, Tensor margin, Tensor alignment, Tensor total) = losses.Compute(learner.Encode(), visual);
        var values = new LossValues(contrastive.item<float>(), margin.item<float>(), alignment.item<float>(), total.item<float>());
        if (!double.IsFinite(values.Total))
        {
            throw new PromptADException(
                $"Training diverged in epoch {epoch + 1}: the loss is {values.Total}. Lower the learning rate ({options.LearningRate}).");
        }
        total.backward();
        optimizer.step();
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        visual.Dispose();
    }
}
