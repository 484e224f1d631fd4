using PromptAD.Files;
using PromptAD.Onnx;

namespace PromptAD.Encoders.Dino;

/// <summary>All tokens behind some blocks of a DINOv2, for comparisons with a reference. Reads a float32 backbone's weights file.</summary>
internal sealed class DinoStreams : IDisposable
{
    private readonly DinoConfiguration configuration;
    private readonly int[] blocks;
    private readonly SharedSession session;

    /// <param name="folder">The backbone's folder.</param>
    /// <param name="configuration">The backbone.</param>
    /// <param name="blocks">The blocks, counted from 0.</param>
    public DinoStreams(string folder, DinoConfiguration configuration, IEnumerable<int> blocks)
    {
        this.configuration = configuration;
        this.blocks = [.. blocks];
        SafetensorsLayout layout = DinoWeights.LayoutOf(configuration, BackbonePrecision.Float32);
        ModelProto graph = DinoGraph.BuildStreams(configuration, layout, Backbone.VisionWeightsFile, this.blocks);
        session = SharedSession.Open(graph, folder, new EncoderOptions());
    }

    /// <summary>What stands behind each block, in the order asked for.</summary>
    /// <param name="image">A normalised picture, (3, height, width).</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="PromptADException">The runtime failed, such as for lack of memory.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<(DinoTokens Plain, DinoTokens Normed)> Encode(Memory<float> image, CancellationToken cancellation = default)
    {
        string[] names = [.. blocks.SelectMany(block => (string[])[DinoGraph.Stream(block), DinoGraph.NormedStream(block)])];
        long[] shape = [1, 3, configuration.InputHeight, configuration.InputWidth];
        using SessionOutputs outputs = session.Run(DinoGraph.Image, image, shape, names, cancellation);
        DinoTokens[] tokens = [.. Enumerable.Range(0, names.Length).Select(i => Apart(outputs[i]))];
        return [.. Enumerable.Range(0, blocks.Length).Select(i => (tokens[2 * i], tokens[(2 * i) + 1]))];
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private DinoTokens Apart(ReadOnlySpan<float> tokens) =>
        new(tokens[..configuration.Width].ToArray(), tokens[(configuration.FrontTokens * configuration.Width)..].ToArray());
}

/// <summary>The tokens of one picture without registers.</summary>
/// <param name="Class">The class token, (width).</param>
/// <param name="Patches">(patches, width).</param>
internal sealed record DinoTokens(float[] Class, float[] Patches);
