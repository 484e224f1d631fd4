namespace PromptAD;

/// <summary>What is remembered of good patches.</summary>
public enum MemoryKind
{
    /// <summary>The patches themselves: a patch is as anomalous as it is far from the nearest of them.</summary>
    Bank,

    /// <summary>
    /// The plane along which good patches vary (principal components): a patch is as anomalous as it is far from that plane. Learning takes
    /// the same room for any number of pictures, and prediction the same time.
    /// </summary>
    Subspace,
}
