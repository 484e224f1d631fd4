using TorchSharp.Modules;

using static PromptAD.Training.Scalars;
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
    private readonly (Parameter Contexts, Tensor Velocity)[] moved;

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
        moved =
        [
            .. new[] { learner.NormalContexts, learner.AnomalyContexts }
                .Select(contexts => (contexts, zeros_like(contexts).DetachFromDisposeScope())),
        ];
    }

    /// <summary>One pass over all images: loss, gradient, step with the epoch's learning rate.</summary>
    /// <exception cref="PromptADException">The loss is not a finite number.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the contexts are as before the step.</exception>
    public LossValues Step(int epoch, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var parts = new GradientParts(cancellation);
        foreach ((Parameter contexts, _) in moved) contexts.grad = null;
        (Tensor contrastive, Tensor margin, Tensor alignment, Tensor total) = losses.Compute(learner.Encode(parts), visual);
        var values = new LossValues(contrastive.item<float>(), margin.item<float>(), alignment.item<float>(), total.item<float>());
        if (!double.IsFinite(values.Total))
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"Training diverged in epoch {epoch + 1}: the loss is {values.Total}. Lower the learning rate ({options.LearningRate}).");
        }
        parts.Backward(total);
        Descend(options.RateAt(epoch));
        return values;
    }

    /// <summary>Stochastic gradient descent as PyTorch's: v ← momentum · v + (g + decay · P), P ← P - rate · v.</summary>
    private void Descend(double rate)
    {
        using IDisposable noGradient = no_grad();
        foreach ((Parameter contexts, Tensor velocity) in moved)
        {
            if (contexts.grad is not { } gradient) continue;
            velocity.mul_(Keep(options.Momentum)).add_(gradient.add(contexts, Keep(options.WeightDecay)), Keep(1));
            contexts.add_(velocity, Keep(-rate));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor velocity) in moved) velocity.Dispose();
        visual.Dispose();
    }
}
