using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Pretraining.Data;
using PromptAD.Pretraining.Model;
using PromptAD.Pretraining.Text;

using static TorchSharp.torch;

namespace PromptAD.Pretraining.Learning;

/// <summary>
/// Makes training steps: each worker thread computes the gradient of its part of the groups on a replica of the weights, and one step follows from their
/// mean. On few cores this is faster than threads inside of operations.
/// </summary>
internal sealed class Learner : IDisposable
{
    private readonly ModelWeights[] replicas;
    private readonly Objective[] objectives;
    private readonly Optimizer optimizer;

    /// <param name="weights">What is learned; stays with the caller.</param>
    /// <param name="optimizer">Its optimiser; stays with the caller.</param>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="workers">The number of threads.</param>
    /// <param name="precision">The type that the image encoder multiplies in.</param>
    public Learner(ModelWeights weights, Optimizer optimizer, ClipTokenizer tokenizer, int workers, ScalarType precision)
    {
        this.optimizer = optimizer;
        double scale = weights["logit_scale"].item<float>();
        replicas = [weights, .. Enumerable.Range(1, workers - 1).Select(_ => weights.Copy())];
        objectives = [.. replicas.Select(replica => new Objective(new VisionTower(replica, precision), new PromptEncoder(tokenizer, new TextTower(replica)), scale))];
    }

    /// <summary>One step over some groups.</summary>
    /// <param name="groups">The groups' numbers; shared out evenly.</param>
    /// <param name="batch">Makes the batch of a worker's part, in the worker's thread.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The number of this step, from 1.</param>
    /// <param name="seed">Of all that is random in the step.</param>
    public LossValues Step(IReadOnlyList<long> groups, Func<long[], Random, Batch> batch, double rate, long step, int seed)
    {
        Task<LossValues>[] parts = [.. groups.Chunk((groups.Count + replicas.Length - 1) / replicas.Length).Select((part, worker) => Task.Factory.StartNew(
            () => Differentiate(objectives[worker], part, batch, new Random((int)((seed * 1_000_003L + step * 31 + worker) % int.MaxValue))),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        LossValues[] values = [.. parts.Select(part => part.GetAwaiter().GetResult())];
        optimizer.Step(replicas, rate, step);
        return LossValues.Mean(values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ModelWeights replica in replicas.Skip(1)) replica.Dispose();
    }

    private static LossValues Differentiate(Objective objective, long[] groups, Func<long[], Random, Batch> make, Random random)
    {
        set_num_threads(1); // the setting is each thread's own
        using var scope = NewDisposeScope();
        Batch batch;
        using (no_grad()) batch = make(groups, random);
        Loss loss = objective.Compute(batch, random);
        loss.Total.backward();
        return loss.Values;
    }
}
