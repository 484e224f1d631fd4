using PromptAD.Scoring;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>The learnable contexts of one level and the prompts made with them. Everything else is constant.</summary>
internal sealed class PromptLearner : IDisposable
{
    private readonly TextEncoder encoder;
    private readonly Tensor embeddings, rows, ends;
    private readonly long normals, manuals, width;

    /// <param name="text">The prompts.</param>
    /// <param name="encoder">The text tower; stays with the caller.</param>
    /// <param name="normalContexts">P, (N, E_P, width), row-major.</param>
    /// <param name="anomalyContexts">A, (L, E_A, width), row-major.</param>
    /// <param name="width">The text tower's width.</param>
    public PromptLearner(PromptText text, TextEncoder encoder, float[] normalContexts, float[] anomalyContexts, int width)
    {
        this.encoder = encoder;
        this.width = width;
        normals = text.Normal.Count;
        manuals = text.Manual.Count;
        PromptRow[] prompts = [.. text.Normal, .. text.Manual, .. text.Learned];
        int longest = prompts.Max(prompt => prompt.Rows.Length);
        // Shorter prompts are filled up with row 0: after end-of-text nothing is read.
        IEnumerable<int> filled = prompts.SelectMany(prompt => prompt.Rows.Concat(Enumerable.Repeat(0, longest - prompt.Rows.Length)));
        long[] table = [.. filled.Select(row => (long)row)];
        rows = tensor(table).DetachFromDisposeScope();
        ends = tensor(prompts.Select(prompt => (long)prompt.End).ToArray()).DetachFromDisposeScope();
        embeddings = encoder.Embeddings(text.Constants).DetachFromDisposeScope();
        NormalContexts = (Parameter)new Parameter(tensor(normalContexts, normalContexts.Length / width, width)).DetachFromDisposeScope();
        AnomalyContexts = (Parameter)new Parameter(tensor(anomalyContexts, anomalyContexts.Length / width, width)).DetachFromDisposeScope();
    }

    /// <summary>P as rows, (N · E_P, width).</summary>
    public Parameter NormalContexts { get; }

    /// <summary>A as rows, (L · E_A, width).</summary>
    public Parameter AnomalyContexts { get; }

    /// <summary>The text features with the contexts as they are now.</summary>
    public PromptFeatures Encode()
    {
        using var scope = NewDisposeScope();
        Tensor table = cat([NormalContexts, AnomalyContexts, embeddings], 0); // (contexts + constants, width)
        Tensor embedded = table.index_select(0, rows).view(ends.shape[0], -1, width); // (prompts, tokens, width)
        Tensor all = encoder.Encode(embedded, ends); // (prompts, E)
        long learned = all.shape[0] - normals - manuals;
        return new PromptFeatures(
            all.narrow(0, 0, normals).MoveToOuterDisposeScope(),
            all.narrow(0, normals, manuals).MoveToOuterDisposeScope(),
            all.narrow(0, normals + manuals, learned).MoveToOuterDisposeScope());
    }

    /// <summary>w_n and w_a with the contexts as they are now.</summary>
    public Prototypes ReadPrototypes()
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        PromptFeatures features = Encode();
        return new Prototypes(features.NormalPrototype().data<float>().ToArray(), features.AnomalousPrototype().data<float>().ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor held in (Tensor[])[embeddings, rows, ends, NormalContexts, AnomalyContexts]) held.Dispose();
    }
}
