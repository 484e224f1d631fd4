using TorchSharp.Modules;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Model;

/// <summary>The layers that both towers are made of, over weights by name.</summary>
/// <param name="weights">The weights.</param>
/// <param name="quickGelu">x·sigmoid(1.702x) in place of the exact GELU.</param>
/// <param name="precision">
/// The type that matrices are multiplied in. BFloat16 halves the time on processors that multiply it; sums, norms and residual streams stay Float32.
/// </param>
internal sealed class Layers(ModelWeights weights, bool quickGelu, ScalarType precision)
{
    private const double Epsilon = 1e-5;

    public Parameter this[string name] => weights[name];

    public Tensor Narrow(Tensor x) => x.to(precision);

    /// <summary>x·Wᵀ + b in the reduced precision.</summary>
    public Tensor Linear(Tensor x, string weight, string bias) =>
        nn.functional.linear(Narrow(x), Narrow(weights[weight]), Narrow(weights[bias]));

    public Tensor Linear(Tensor x, string layer) => Linear(x, $"{layer}.weight", $"{layer}.bias");

    public Tensor Norm(Tensor x, string layer) =>
        nn.functional.layer_norm(x, [x.shape[^1]], weights[$"{layer}.weight"], weights[$"{layer}.bias"], Epsilon);

    public Tensor Activate(Tensor x) => quickGelu ? x * (x * Keep(1.702)).sigmoid() : nn.functional.gelu(x);

    /// <summary>mlp(ln_2(x)) of a block.</summary>
    public Tensor Mlp(Tensor x, string block) => Linear(Activate(Linear(Norm(x, $"{block}ln_2"), $"{block}mlp.c_fc")), $"{block}mlp.c_proj");
}
