using System.Diagnostics.CodeAnalysis;

namespace PromptAD;

/// <summary>
/// How a backbone's vision weights are stored and computed with. The features differ, and so does the backbone's hash: a detector works
/// only with the precision it was trained with.
/// </summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the names that everybody calls them by.")]
public enum BackbonePrecision
{
    /// <summary>As published; what all claims of agreement are about.</summary>
    Float32,

    /// <summary>
    /// Integer weights with a scale for each output, 8-bit activations by their range of the moment, in the blocks' linear layers; the rest
    /// as in <see cref="Float32"/>. A quarter of the memory, and faster on processors with 8-bit dot products (AVX-512 VNNI and the like).
    /// Weights have 7 of the 8 bits, so that sums cannot overflow on any processor. CUDA takes ten times as long as with
    /// <see cref="Float32"/>, for which it is refused there.
    /// </summary>
    Int8,

    /// <summary>
    /// 16-bit floating point, for accelerators: half the memory. Processors have no fast arithmetic for it, so it does not pay there and
    /// is refused.
    /// </summary>
    Float16,
}
