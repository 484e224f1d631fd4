using PromptAD.Encoders.Clip.Tokenizer;

namespace PromptAD.Encoders.Clip;

/// <summary>
/// What a backbone's text tower is made of: a causal transformer over tokens, whose last state, projected, is a text's feature. Its weights
/// are computed with by whoever needs gradients.
/// </summary>
public sealed class TextTower
{
    private readonly ClipConfiguration configuration;
    private readonly Lazy<ClipTokenizer> tokenizer;

    internal TextTower(ClipConfiguration configuration, string weightsPath, Lazy<ClipTokenizer> tokenizer)
    {
        this.configuration = configuration;
        (WeightsPath, this.tokenizer) = (weightsPath, tokenizer);
        Weights = [.. configuration.ExpectedTensors().Where(one => !one.Name.StartsWith("visual.", StringComparison.Ordinal))];
    }

    /// <summary>The width that pictures and texts share (E).</summary>
    public int EmbeddingSize => configuration.EmbeddingSize;

    /// <summary>The most tokens of a text, its start and its end included.</summary>
    public int ContextLength => configuration.Text.ContextLength;

    /// <summary>The width of the residual stream.</summary>
    public int Width => configuration.Text.Width;

    /// <summary>The number of attention heads; divides <see cref="Width"/>.</summary>
    public int Heads => configuration.Text.Heads;

    /// <summary>The number of transformer blocks.</summary>
    public int Layers => configuration.Text.Layers;

    /// <summary>True for x·sigmoid(1.702x), false for the exact GELU.</summary>
    public bool QuickGelu => configuration.QuickGelu;

    /// <summary>Turns text into tokens.</summary>
    /// <exception cref="PromptADException">Its vocabulary cannot be read.</exception>
    public ClipTokenizer Tokenizer => tokenizer.Value;

    /// <summary>The safetensors file of the weights, under open_clip's names.</summary>
    public string WeightsPath { get; }

    /// <summary>The names and shapes of the weights; a scalar has an empty shape.</summary>
    public IReadOnlyList<(string Name, long[] Shape)> Weights { get; }

    /// <summary>How many encodings of a picture take the same work as some tokens here, roughly.</summary>
    /// <param name="tokens">How many tokens go through the tower.</param>
    public double EncodingsOf(double tokens)
    {
        VisionConfiguration vision = configuration.Vision;
        double work = tokens * Layers * Width * Width;
        return work / ((double)vision.Patches * vision.Layers * vision.Width * vision.Width);
    }
}
