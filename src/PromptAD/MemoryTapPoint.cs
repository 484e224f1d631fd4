namespace PromptAD;

/// <summary>The point of a transformer block at which patch features for the memory bank are taken (mark Q1).</summary>
public enum MemoryTapPoint
{
    /// <summary>After the block's attention and before its MLP, mid_b = ori_b + attention: what the authors' program uses.</summary>
    Attention,

    /// <summary>After the whole block, ori_{b+1} = mid_b + mlp: the paper's "features of layer i".</summary>
    Block,
}
