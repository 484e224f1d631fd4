using PromptAD.Training.Prompts;
using PromptAD.Words;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>The learnable contexts of one level and the prompts made with them. Everything else is constant.</summary>
internal sealed class PromptLearner : IDisposable
{
    private readonly TreeEncoder encoder;
    private readonly long normals, manuals;

    /// <param name="text">The prompts.</param>
    /// <param name="encoder">The text tower; stays with the caller.</param>
    /// <param name="normalContexts">P, (N, E_P, width), row-major.</param>
    /// <param name="anomalyContexts">A, (L, E_A, width), row-major.</param>
    /// <param name="width">The text tower's width.</param>
    public PromptLearner(PromptText text, TextEncoder encoder, float[] normalContexts, float[] anomalyContexts, int width)
    {
        normals = text.Normal.Count;
        manuals = text.Manual.Count;
        NormalContexts = (Parameter)new Parameter(tensor(normalContexts, normalContexts.Length / width, width)).DetachFromDisposeScope();
        AnomalyContexts = (Parameter)new Parameter(tensor(anomalyContexts, anomalyContexts.Length / width, width)).DetachFromDisposeScope();
        PromptRow[] prompts = [.. text.Normal, .. text.Manual, .. text.Learned];
        int learnable = (normalContexts.Length + anomalyContexts.Length) / width;
        var tree = new PromptTree([.. prompts.Select(prompt => prompt.Rows)], learnable);
        using var scope = NewDisposeScope();
        this.encoder = new TreeEncoder(encoder, tree, cat([NormalContexts, AnomalyContexts, encoder.Embeddings(text.Constants)], 0));
    }

    /// <summary>P as rows, (N · E_P, width).</summary>
    public Parameter NormalContexts { get; }

    /// <summary>A as rows, (L · E_A, width).</summary>
    public Parameter AnomalyContexts { get; }

    /// <summary>The text features with the contexts as they are now.</summary>
    /// <param name="parts">Told where a block ends; null for a computation in one piece.</param>
    public PromptFeatures Encode(GradientParts? parts = null)
    {
        using var scope = NewDisposeScope();
        Tensor all = encoder.Encode(cat([NormalContexts, AnomalyContexts], 0), parts); // (prompts, E)
        long learned = all.shape[0] - normals - manuals;
        return new PromptFeatures(
            all.narrow(0, 0, normals).MoveToOuterDisposeScope(),
            all.narrow(0, normals, manuals).MoveToOuterDisposeScope(),
            all.narrow(0, normals + manuals, learned).MoveToOuterDisposeScope());
    }

    /// <summary>w_n and w_a with the contexts as they are now.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Prototypes ReadPrototypes(CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using var parts = new GradientParts(cancellation);
        PromptFeatures features = Encode(parts);
        return new Prototypes(features.NormalPrototype().data<float>().ToArray(), features.AnomalousPrototype().data<float>().ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        encoder.Dispose();
        NormalContexts.Dispose();
        AnomalyContexts.Dispose();
    }
}
