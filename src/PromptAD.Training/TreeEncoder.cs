using PromptAD.Training.Prompts;

using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>
/// Runs the text tower over a <see cref="PromptTree"/>: every distinct token state is computed once, those in front of all contexts once
/// for good, what enters the first block's attention once for good where it is constant, and in the last block only what stands at
/// end-of-text.
/// </summary>
internal sealed class TreeEncoder : IDisposable
{
    private readonly TextEncoder encoder;
    private readonly PromptTree tree;
    private readonly Tensor learnableRows, learnablePlaces; // (learnable inputs) and (learnable inputs, width)
    private readonly Tensor constantInputs, constantMixed; // (constant inputs, width) and (constant inputs, 3, heads, head)
    private readonly Tensor inputs, mask, ends;
    private readonly (Tensor Keys, Tensor Values)[] constants; // of each block, (1, constants, heads, head); none without constants

    /// <param name="encoder">The text tower; stays with the caller.</param>
    /// <param name="tree">The prompts.</param>
    /// <param name="table">The embeddings that the tree's rows mean, (rows, width), of which the constant ones are read.</param>
    public TreeEncoder(TextEncoder encoder, PromptTree tree, Tensor table)
    {
        this.encoder = encoder;
        this.tree = tree;
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        learnableRows = Indices(tree.LearnableInputs.Select(input => input.Row)).DetachFromDisposeScope();
        learnablePlaces = encoder.Positions(Indices(tree.LearnableInputs.Select(input => input.Place))).DetachFromDisposeScope();
        constantInputs = Placed(table, tree.ConstantInputs).DetachFromDisposeScope();
        constantMixed = Mix(0, constantInputs).DetachFromDisposeScope();
        inputs = Indices(tree.Inputs).DetachFromDisposeScope();
        ends = Indices(tree.Ends).DetachFromDisposeScope();
        mask = Mask(tree.Visible, tree.BranchSize).DetachFromDisposeScope();
        constants = tree.Constants.Length == 0 ? [] : Constants(Placed(table, tree.Constants));
    }

    /// <summary>The features of all prompts, (prompts, E), not normalised.</summary>
    /// <param name="table">The embeddings as they are now, (rows, width), of which the learnable ones are read.</param>
    /// <param name="parts">Told where a block ends; null for a computation in one piece.</param>
    public Tensor Encode(Tensor table, GradientParts? parts = null)
    {
        using var scope = NewDisposeScope();
        Tensor learnable = table.index_select(0, learnableRows).Plus(learnablePlaces);
        Tensor x = cat([learnable, constantInputs], 0).index_select(0, inputs); // (branches · nodes, width)
        if (encoder.Layers > 1)
        {
            x = EndOf(Block(0, x, cat([Mix(0, learnable), constantMixed], 0).index_select(0, inputs)));
            for (int layer = 1; layer < encoder.Layers - 1; layer++) x = EndOf(Block(layer, x, Mix(layer, x)));
        }
        return encoder.Project(LastBlock(x)).index_select(0, ends).MoveToOuterDisposeScope();

        Tensor EndOf(Tensor block) => parts?.Cut(block) ?? block;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tensor[] held = [learnableRows, learnablePlaces, constantInputs, constantMixed, inputs, mask, ends];
        foreach (Tensor tensor in held) tensor.Dispose();
        foreach ((Tensor keys, Tensor values) in constants)
        {
            keys.Dispose();
            values.Dispose();
        }
    }

    /// <param name="layer">The block.</param>
    /// <param name="x">The states before it, (branches · nodes, width).</param>
    /// <param name="mixed">Their queries, keys and values, (branches · nodes, 3, heads, head).</param>
    /// <returns>The states behind it.</returns>
    private Tensor Block(int layer, Tensor x, Tensor mixed)
    {
        using var scope = NewDisposeScope();
        mixed = Branches(mixed);
        Tensor attended = Attend(layer, mixed.select(2, 0), mixed.select(2, 1), mixed.select(2, 2), mask);
        return encoder.Finish(layer, x, attended).MoveToOuterDisposeScope();
    }

    /// <summary>Queries, keys and values of states, (states, 3, heads, head).</summary>
    private Tensor Mix(int layer, Tensor x) => encoder.Mix(layer, encoder.NormBefore(layer, x), first: 0, parts: 3);

    /// <summary>Embeddings where they stand, (inputs, width).</summary>
    private Tensor Placed(Tensor table, (int Row, int Place)[] inputs) =>
        table.index_select(0, Indices(inputs.Select(input => input.Row)))
            .Plus(encoder.Positions(Indices(inputs.Select(input => input.Place))));

    /// <summary>The last block, whose results nothing looks at but the features: it goes on for the ends alone.</summary>
    private Tensor LastBlock(Tensor x)
    {
        using var scope = NewDisposeScope();
        int layer = encoder.Layers - 1, inner = tree.BranchSize - tree.EndCount;
        Tensor normed = encoder.NormBefore(layer, x);
        Tensor queries = Branches(encoder.Mix(layer, AtEnds(normed), first: 0, parts: 1));
        Tensor mixed = Branches(encoder.Mix(layer, normed, first: 1, parts: 2));
        Tensor attended = Attend(
            layer, queries.select(2, 0), mixed.select(2, 0), mixed.select(2, 1), mask.narrow(0, inner, tree.EndCount));
        return encoder.Finish(layer, AtEnds(x), attended).MoveToOuterDisposeScope(); // (branches · ends, width)
    }

    /// <param name="layer">The block.</param>
    /// <param name="queries">(branches, queries, heads, head).</param>
    /// <param name="keys">Of the branches' own nodes, (branches, nodes, heads, head).</param>
    /// <param name="values">Likewise.</param>
    /// <param name="mask">What is added to the products, (queries, constants + nodes).</param>
    /// <returns>(branches · queries, width).</returns>
    private Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values, Tensor mask)
    {
        if (constants.Length > 0)
        {
            keys = cat([constants[layer].Keys.expand(tree.BranchCount, -1, -1, -1), keys], 1);
            values = cat([constants[layer].Values.expand(tree.BranchCount, -1, -1, -1), values], 1);
        }
        Tensor attended = nn.functional.scaled_dot_product_attention(
            queries.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2), mask); // (branches, heads, queries, head)
        return attended.transpose(1, 2).reshape(-1, encoder.Width);
    }

    /// <summary>Keys and values of the constant nodes in every block: all that others ever see of them.</summary>
    private (Tensor Keys, Tensor Values)[] Constants(Tensor x)
    {
        Tensor own = Mask(tree.ConstantVisible, tree.Constants.Length);
        var all = new (Tensor Keys, Tensor Values)[encoder.Layers];
        for (int layer = 0; layer < all.Length; layer++)
        {
            Tensor mixed = Mix(layer, x).unsqueeze(0); // (1, constants, 3, heads, head)
            Tensor queries = mixed.select(2, 0), keys = mixed.select(2, 1), values = mixed.select(2, 2);
            all[layer] = (keys.clone().DetachFromDisposeScope(), values.clone().DetachFromDisposeScope());
            Tensor attended = nn.functional.scaled_dot_product_attention(
                queries.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2), own);
            x = encoder.Finish(layer, x, attended.transpose(1, 2).reshape(-1, encoder.Width));
        }
        return all;
    }

    /// <summary>(branches · nodes, …) as (branches, nodes, …).</summary>
    private Tensor Branches(Tensor nodes) => nodes.unflatten(0, tree.BranchCount, -1);

    /// <summary>The states of the ends, (branches · ends, width), of those of all nodes.</summary>
    private Tensor AtEnds(Tensor nodes) =>
        Branches(nodes).narrow(1, tree.BranchSize - tree.EndCount, tree.EndCount).reshape(-1, encoder.Width);

    private static Tensor Indices(IEnumerable<int> values) => tensor(values.Select(value => (long)value).ToArray());

    /// <summary>0 where a row may look, minus infinity where not.</summary>
    private static Tensor Mask(bool[] visible, int rowCount) =>
        tensor(visible.Select(see => see ? 0 : float.NegativeInfinity).ToArray(), rowCount, visible.Length / rowCount);
}
