namespace PromptAD.Encoders.Clip;

/// <summary>
/// A residual network (ResNet) in front of a <c>conv1</c> of 1 x 1, for a small backbone whose first layers have learned from photographs:
/// a convolution of 7 x 7 with stride 2, the maximum of 3 x 3 with stride 2, then stages of residual blocks of two convolutions of 3 x 3
/// each, of which every stage but the first halves the picture. Norms are folded into the convolutions, and padding goes before a row
/// and above a column where a step is 2. In JSON:
/// <c>"trunk": {"channels": [64, 128, 256], "blocks": 2, "stages": [2, 3]}</c>.
/// </summary>
/// <param name="Channels">The output channels of each stage; n stages make patches of 2ⁿ⁺¹ pixels.</param>
/// <param name="Blocks">The residual blocks of each stage.</param>
/// <param name="Stages">
/// The stages that are read, counted from 1, ascending, each as the mean over a patch: they are the first layers of the memory, and
/// <c>conv1</c> sees them side by side.
/// </param>
internal sealed record ResidualTrunk(IReadOnlyList<int> Channels, int Blocks, IReadOnlyList<int> Stages)
{
    /// <summary>The side of the first convolution's kernel, and how far it reaches before its middle and behind.</summary>
    public const int FirstKernel = 7, FirstBefore = 3, FirstBehind = 2;

    /// <summary>The side of all other kernels but those of shortcuts.</summary>
    public const int Kernel = 3;

    /// <summary>The side of a patch that the last stage makes, in pixels.</summary>
    public int PatchSize => StrideOf(Channels.Count);

    /// <summary>The width of each stage that is read.</summary>
    public IReadOnlyList<int> Widths => [.. Stages.Select(stage => Channels[stage - 1])];

    /// <summary>Pixels from one value of a stage to the next.</summary>
    /// <param name="stage">Counted from 1.</param>
    public static int StrideOf(int stage) => 2 << stage;

    /// <summary>The convolutions in the order in which they are used, with the shapes of their kernels.</summary>
    public IEnumerable<(string Name, long[] Kernel)> Convolutions()
    {
        yield return (First, [Channels[0], 3, FirstKernel, FirstKernel]);
        int inputs = Channels[0];
        foreach ((int stage, int channels) in Channels.Index())
        {
            for (int block = 0; block < Blocks; block++)
            {
                string name = Block(stage + 1, block);
                yield return ($"{name}.conv1", [channels, inputs, Kernel, Kernel]);
                yield return ($"{name}.conv2", [channels, channels, Kernel, Kernel]);
                if (HasShortcut(stage + 1, block)) yield return ($"{name}.shortcut", [channels, inputs, 1, 1]);
                inputs = channels;
            }
        }
    }

    /// <summary>The name of the first convolution.</summary>
    public const string First = "trunk.conv1";

    /// <summary>What the names of a block's convolutions begin with.</summary>
    /// <param name="stage">Counted from 1.</param>
    /// <param name="block">Counted from 0.</param>
    public static string Block(int stage, int block) => $"trunk.{stage}.{block}";

    /// <summary>Whether a block's sum begins with a convolution of what it reads, because it has another shape.</summary>
    /// <param name="stage">Counted from 1.</param>
    /// <param name="block">Counted from 0.</param>
    public static bool HasShortcut(int stage, int block) => stage > 1 && block == 0;

    /// <summary>Compares what the lists hold, not the lists.</summary>
    public bool Equals(ResidualTrunk? other) => other is not null && Blocks == other.Blocks
        && Channels.SequenceEqual(other.Channels) && Stages.SequenceEqual(other.Stages);

    /// <inheritdoc/>
    public override int GetHashCode() => Channels.Concat(Stages).Aggregate(Blocks, HashCode.Combine);
}
