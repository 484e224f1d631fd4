using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders;

/// <summary>The shape of an encoder: all that a store needs to import, check and open one. One implementation a family.</summary>
internal interface IEncoderConfiguration
{
    /// <summary>What a manifest calls the family, such as "clip".</summary>
    string Kind { get; }

    /// <summary>Whether it has a text tower, and so a vocabulary, beside its vision encoder.</summary>
    bool HasTextTower { get; }

    /// <summary>What to give as its weights, as it follows "Give".</summary>
    string Wanted { get; }

    /// <summary>How it normalises pixels.</summary>
    PixelFold Pixels { get; }

    /// <summary>How its features are scored best.</summary>
    ScoringDefaults ScoringDefaults { get; }

    /// <summary>The names and shapes of all tensors that a checkpoint of this configuration holds. A scalar has an empty shape.</summary>
    IReadOnlyList<(string Name, long[] Shape)> ExpectedTensors();

    /// <summary>The number of weights in all <see cref="ExpectedTensors"/>.</summary>
    long ParameterCount { get; }

    /// <summary>The canonical text: every field, defaults included, in one order.</summary>
    string ToJson();

    /// <summary>What an encoder of this configuration takes and gives.</summary>
    /// <param name="id">Its name in the store.</param>
    /// <param name="hash">The backbone's hash.</param>
    EncoderInfo Describe(string id, string hash);

    /// <summary>The weights that the backbone's hash covers, in order, under the names that errors give them.</summary>
    /// <param name="read">Reads an expected tensor.</param>
    IEnumerable<(string Name, float[] Values)> HashedWeights(Func<string, float[]> read);

    /// <summary>The vision encoder's weights file.</summary>
    /// <param name="precision">How the weights are stored.</param>
    /// <param name="read">Reads an expected tensor.</param>
    GraphWeights ToWeights(BackbonePrecision precision, Func<string, float[]> read);

    /// <summary>
    /// The vision encoder for other programs: the input <c>image</c> is normalised, and the outputs <c>memory1</c>, <c>memory2</c>, … are
    /// the layers.
    /// </summary>
    /// <param name="weights">Where its weights lie.</param>
    /// <param name="weightsFile">The name of their file.</param>
    ModelProto ToGraph(SafetensorsLayout weights, string weightsFile);

    /// <summary>Opens the encoder.</summary>
    /// <param name="folder">The backbone's folder.</param>
    /// <param name="info">What <see cref="Describe"/> says.</param>
    /// <param name="precision">How its weights are stored.</param>
    /// <param name="options">Threads and provider.</param>
    /// <exception cref="PromptADException">The weights are damaged, or the provider is not there.</exception>
    IPatchEncoder Open(string folder, EncoderInfo info, BackbonePrecision precision, EncoderOptions options);
}
