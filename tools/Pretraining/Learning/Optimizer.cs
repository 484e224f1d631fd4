using PromptAD.Pretraining.Model;
using TorchSharp.Modules;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Learning;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) with a bound on the gradient's length, and an average of the weights over the steps. Its state lies under the weights'
/// names so that it can be stored with them.
/// </summary>
internal sealed class Optimizer : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.995, Epsilon = 1e-8, WeightDecay = 0.05, LongestGradient = 1, Averaging = 0.998;
    private readonly ModelWeights weights;
    private readonly Dictionary<string, Tensor> first = [], second = [];

    /// <param name="weights">What is learned; stays with the caller.</param>
    /// <param name="average">The average of the weights; stays with the caller.</param>
    /// <param name="moment">The stored state by kind ("m", "v") and name; null to begin anew.</param>
    public Optimizer(ModelWeights weights, ModelWeights average, Func<string, string, float[]>? moment = null)
    {
        this.weights = weights;
        Average = average;
        foreach (string name in weights.Learned)
        {
            first.Add(name, Moment(name, "m", moment));
            second.Add(name, Moment(name, "v", moment));
        }
    }

    /// <summary>The average of the weights over about the last 500 steps: steadier than the weights themselves.</summary>
    public ModelWeights Average { get; }

    /// <summary>The mean of squared gradients and so on, by kind and name.</summary>
    public Tensor Moment(string kind, string name) => kind == "m" ? first[name] : second[name];

    /// <summary>Moves the weights against the mean of the replicas' gradients, and the replicas along. Gradients are gone afterwards.</summary>
    /// <param name="replicas">Copies of the weights that have gradients; may hold the weights themselves.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The number of this step, from 1.</param>
    public void Step(IReadOnlyList<ModelWeights> replicas, double rate, long step)
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        var gradients = new Dictionary<string, Tensor>();
        foreach (string name in weights.Learned)
        {
            Tensor[] all = [.. replicas.Select(replica => replica[name].grad).OfType<Tensor>()];
            if (all.Length == 0) continue;
            Tensor sum = all[0];
            foreach (Tensor other in all.Skip(1)) sum.add_(other, Keep(1));
            gradients.Add(name, all.Length == 1 ? sum : sum.div_(Keep(all.Length)));
        }
        double length = stack(gradients.Values.Select(gradient => (gradient * gradient).sum())).sum().sqrt().item<float>();
        if (!double.IsFinite(length)) throw new PromptADException(Problem.OutOfRange, $"Pretraining diverged in step {step}: the gradient is {length}. Lower --rate.");
        double shorten = Math.Min(1, LongestGradient / (length + 1e-9));
        double warmAveraging = Math.Min(Averaging, (1.0 + step) / (10 + step));
        foreach ((string name, Tensor gradient) in gradients)
        {
            Parameter weight = weights[name];
            Update(name, weight, gradient.mul_(Keep(shorten)), rate, step);
            Average[name].mul_(Keep(warmAveraging)).add_(weight, Keep(1 - warmAveraging));
        }
        foreach (ModelWeights replica in replicas)
        {
            if (replica != weights) replica.CopyFrom(weights);
            foreach (string name in replica.Learned) replica[name].grad = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor moment in first.Values.Concat(second.Values)) moment.Dispose();
    }

    private void Update(string name, Parameter weight, Tensor gradient, double rate, long step)
    {
        Tensor m = first[name].mul_(Keep(Beta1)).add_(gradient, Keep(1 - Beta1));
        Tensor v = second[name].mul_(Keep(Beta2)).addcmul_(gradient, gradient, Keep(1 - Beta2));
        Tensor size = (v / Keep(1 - Math.Pow(Beta2, step))).sqrt_().add_(Keep(Epsilon), Keep(1));
        // Matrices decay; norms, biases and embeddings do not.
        if (weight.dim() > 1 && !name.Contains("embedding", StringComparison.Ordinal)) weight.mul_(Keep(1 - rate * WeightDecay));
        weight.addcdiv_(m, size, Keep(-rate / (1 - Math.Pow(Beta1, step))));
    }

    private Tensor Moment(string name, string kind, Func<string, string, float[]>? stored)
    {
        using var scope = NewDisposeScope();
        long[] shape = weights[name].shape;
        return (stored is null ? zeros(shape) : tensor(stored(kind, name)).reshape(shape)).DetachFromDisposeScope();
    }
}
