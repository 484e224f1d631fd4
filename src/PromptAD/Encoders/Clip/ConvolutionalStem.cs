namespace PromptAD.Encoders.Clip;

/// <summary>
/// Convolutions of 3 x 3 with stride 2 and padding 1, each followed by the model's GELU, in front of a <c>conv1</c> of 1 x 1: a small
/// network learns
/// edges and textures faster with them than with one large kernel a patch. In JSON: <c>"stem": {"channels": [24, 48, 96, 192]}</c>.
/// </summary>
/// <param name="Channels">The output channels of each; a stem of n convolutions makes patches of 2ⁿ pixels.</param>
internal sealed record ConvolutionalStem(IReadOnlyList<int> Channels)
{
    public const int Kernel = 3, Stride = 2, Padding = 1;

    /// <summary>The shapes of the convolutions' kernels, (outputs, inputs, 3, 3).</summary>
    public IEnumerable<long[]> Kernels => Channels.Select((outputs, n) => (long[])[outputs, n == 0 ? 3 : Channels[n - 1], Kernel, Kernel]);

    /// <summary>Compares the channels, not the list that holds them.</summary>
    public bool Equals(ConvolutionalStem? other) => other is not null && Channels.SequenceEqual(other.Channels);

    /// <inheritdoc/>
    public override int GetHashCode() => Channels.Aggregate(0, HashCode.Combine);
}
