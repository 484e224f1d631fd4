using static TorchSharp.torch;

namespace PromptAD.Training;

/// <summary>The text features of a level's prompts, not normalised: f_NP (N, E), f_MAP (N · M, E), f_LAP (N · L, E).</summary>
internal sealed record PromptFeatures(Tensor Normal, Tensor Manual, Tensor Learned)
{
    /// <summary>w_n = normalise(mean f_NP), (E).</summary>
    public Tensor NormalPrototype() => Normalize(Normal.mean([0L]));

    /// <summary>w_a = normalise(mean over all f_MAP and f_LAP, not normalised before), (E).</summary>
    public Tensor AnomalousPrototype() => Normalize(cat([Manual, Learned], 0).mean([0L]));

    public static Tensor Normalize(Tensor rows) => nn.functional.normalize(rows, p: 2, dim: -1);
}
