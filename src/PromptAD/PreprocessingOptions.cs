using System.Text.Json.Serialization;
using PromptAD.Imaging;
using PromptAD.Validation;

namespace PromptAD;

/// <summary>
/// How pictures become the encoder's input. The defaults are right for a product; the others exist to repeat the paper's program exactly.
/// </summary>
public sealed record PreprocessingOptions
{
    /// <summary>The least that <see cref="SignificantBits"/> may be.</summary>
    public const int FewestBits = SampleDepth.Fewest;

    /// <summary>The most that <see cref="SignificantBits"/> may be.</summary>
    public const int MostBits = SampleDepth.Most;

    /// <summary>How pictures are resized: in one step, or by way of 1024 x 1024 as the paper's program does (mark Q5).</summary>
    /// <value>The default is <see cref="ResizeMode.Direct"/>.</value>
    public ResizeMode Resize { get; init; } = ResizeMode.Direct;

    /// <summary>
    /// The order in which the channels of a picture to be judged are read; the pictures learned from are always read red, green, blue.
    /// The paper's program reads the former blue, green, red (mark Q6).
    /// </summary>
    /// <value>The default is <see cref="ChannelOrder.Rgb"/>.</value>
    public ChannelOrder QueryChannels { get; init; } = ChannelOrder.Rgb;

    /// <summary>
    /// The most pixels (width times height) that a picture file may have; checked from its header, before memory is taken.
    /// </summary>
    /// <value>The default is 100,000,000. At least 1.</value>
    [JsonPropertyName("pixel_limit")] // the name that files have known it by from the first
    public long MaxPicturePixels { get; init; } = 100_000_000;

    /// <summary>
    /// How many low bits 16-bit pictures use (PNG, TIFF): cameras with 10 or 12 bits often save them so. Training finds it where it is not
    /// given: from a file's own statement (TIFF's MaxSampleValue, PNG's sBIT), from frames, else from the range of the samples. The
    /// detector keeps it, and refuses 16-bit pictures that do not fit. 8-bit pictures always fit.
    /// </summary>
    /// <value>8 to 16; null by default. null in a detector that has seen no 16-bit picture: then each picture's statement counts, else
    /// 16.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // so that detectors without have the bytes they always had
    public int? SignificantBits { get; init; }

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="PromptADException">A value is out of its range.</exception>
    public void Validate()
    {
        BitDepth.Validate(SignificantBits, nameof(SignificantBits));
        Check.Known(Resize, nameof(Resize));
        Check.Known(QueryChannels, nameof(QueryChannels));
        if (MaxPicturePixels < 1) throw new PromptADException(Diagnostic.OutOfRange(nameof(MaxPicturePixels), MaxPicturePixels, "be at "
            + "least 1"));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        // What is kept of runs under a hash of this text stays valid where the bits are not given.
        string bits = SignificantBits is null ? "" : $", {nameof(SignificantBits)} = {SignificantBits}";
        return $"{nameof(PreprocessingOptions)} {{ {nameof(Resize)} = {Resize}, {nameof(QueryChannels)} = {QueryChannels}, "
            + $"{nameof(MaxPicturePixels)} = {MaxPicturePixels}{bits} }}";
    }
}
