using PromptAD.Encoders.Clip;
using TorchSharp.Modules;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Model;

/// <summary>All weights of a backbone under their open_clip names, to be learned.</summary>
internal sealed class ModelWeights : IDisposable
{
    private const string TrunkPrefix = "visual.trunk.";
    private readonly Dictionary<string, Parameter> parameters = [];

    private ModelWeights(ClipConfiguration configuration, Func<string, long[], Tensor> make)
    {
        Configuration = configuration;
        using var scope = NewDisposeScope();
        foreach ((string name, long[] shape) in configuration.ExpectedTensors())
            parameters.Add(name, (Parameter)new Parameter(make(name, shape), requires_grad: IsLearned(name)).DetachFromDisposeScope());
    }

    public ClipConfiguration Configuration { get; }

    /// <summary>The names in the order in which the weights are used.</summary>
    public IReadOnlyCollection<string> Names => parameters.Keys;

    /// <summary>The names of those that are learned: all but a trunk's, which has learned from photographs and stays as it is.</summary>
    public IEnumerable<string> Learned => Names.Where(IsLearned);

    public Parameter this[string name] => parameters[name];

    /// <summary>Random weights as open_clip begins with, He's for the stem.</summary>
    public static ModelWeights Initialize(ClipConfiguration configuration, int seed, float logitScale)
    {
        var source = new Generator((ulong)seed);
        return new ModelWeights(configuration, (name, shape) => name == "logit_scale"
            ? tensor(logitScale)
            : Deviation(name, shape, configuration) is var deviation && deviation > 0
                ? randn(shape, generator: source) * Keep(deviation)
                : full(shape, Keep(IsNorm(name) && name.EndsWith("weight", StringComparison.Ordinal) ? 1.0 : 0), ScalarType.Float32));
    }

    /// <summary>Weights from elsewhere, asked for by name.</summary>
    public static ModelWeights Read(ClipConfiguration configuration, Func<string, float[]> read) =>
        new(configuration, (name, shape) => tensor(read(name)).reshape(shape));

    /// <summary>Takes over a trunk's weights.</summary>
    /// <param name="read">Reads a weight by its name.</param>
    public void SetTrunk(Func<string, float[]> read)
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        foreach (string name in Names.Where(name => !IsLearned(name))) parameters[name].copy_(tensor(read(name)).reshape(parameters[name].shape));
    }

    /// <summary>Another instance with the same values.</summary>
    public ModelWeights Copy() => new(Configuration, (name, _) => parameters[name].detach().clone());

    /// <summary>Takes over another instance's learned values.</summary>
    public void CopyFrom(ModelWeights other)
    {
        using var scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        foreach (string name in Learned) parameters[name].copy_(other[name]);
    }

    /// <summary>A tensor's values, row-major.</summary>
    public float[] ToArray(string name)
    {
        using var scope = NewDisposeScope();
        return parameters[name].detach().data<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter parameter in parameters.Values) parameter.Dispose();
    }

    /// <summary>Whether a tensor belongs to a layer norm.</summary>
    public static bool IsNorm(string name) => name.Contains("ln_", StringComparison.Ordinal);

    private static bool IsLearned(string name) => !name.StartsWith(TrunkPrefix, StringComparison.Ordinal);

    private static double Deviation(string name, long[] shape, ClipConfiguration configuration)
    {
        if (IsNorm(name) || name.EndsWith("bias", StringComparison.Ordinal)) return 0;
        int layers = name.StartsWith("visual.", StringComparison.Ordinal) ? configuration.Vision.Layers : configuration.Text.Layers;
        bool Is(string part) => name.Split('.').Contains(part);
        return name switch
        {
            "token_embedding.weight" => 0.02,
            "positional_embedding" => 0.01,
            "visual.positional_embedding" or "visual.class_embedding" => 0.05,
            "visual.conv1.weight" => Math.Sqrt(1.0 / (shape[1] * shape[2] * shape[3])),
            "visual.proj" or "text_projection" => 1 / Math.Sqrt(shape[0]),
            _ when Is("in_proj_weight") => 1 / Math.Sqrt(shape[1]),
            _ when Is("out_proj") || Is("c_proj") => 1 / Math.Sqrt(shape[0] * 2.0 * layers),
            _ when Is("c_fc") => 1 / Math.Sqrt(2.0 * shape[1]),
            _ => Math.Sqrt(2.0 / (shape[1] * shape[2] * shape[3])), // the stem's convolutions
        };
    }
}
