using PromptAD.Encoders.Clip;
using TorchSharp.Modules;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Model;

/// <summary>A residual trunk, as <see cref="VisionGraph"/> has it, for pictures of any size that is a multiple of the patch. It is not learned.</summary>
internal sealed class Trunk(ResidualTrunk trunk, Layers layers)
{
    /// <summary>The stages that are read, each as the mean over a patch, side by side: (images, channels, grid, grid).</summary>
    /// <param name="images">Normalised pictures, (images, 3, size, size).</param>
    public Tensor Read(Tensor images)
    {
        long grid = images.shape[^1] / trunk.PatchSize;
        Tensor map = Convolve(images, ResidualTrunk.First, stride: 2, ResidualTrunk.FirstBefore, ResidualTrunk.FirstBehind).relu();
        map = nn.functional.max_pool2d(nn.functional.pad(map, [1, 0, 1, 0], value: double.NegativeInfinity), kernel_size: 3, stride: 2);
        var read = new List<Tensor>();
        for (int stage = 1; stage <= trunk.Channels.Count; stage++)
        {
            for (int block = 0; block < trunk.Blocks; block++) map = Block(map, stage, block);
            if (trunk.Stages.Contains(stage)) read.Add(nn.functional.avg_pool2d(map, map.shape[^1] / grid));
        }
        return cat(read, 1);
    }

    private Tensor Block(Tensor map, int stage, int block)
    {
        string name = ResidualTrunk.Block(stage, block);
        bool halves = ResidualTrunk.HasShortcut(stage, block);
        Tensor inner = Convolve(map, $"{name}.conv1", halves ? 2 : 1, before: 1, behind: halves ? 0 : 1).relu();
        inner = Convolve(inner, $"{name}.conv2", stride: 1, before: 1, behind: 1);
        return inner.Plus(halves ? Convolve(map, $"{name}.shortcut", stride: 2, before: 0, behind: 0) : map).relu();
    }

    private Tensor Convolve(Tensor map, string name, long stride, long before, long behind)
    {
        Parameter weight = layers[$"visual.{name}.weight"];
        if (before + behind > 0) map = nn.functional.pad(map, [before, behind, before, behind]);
        return nn.functional.conv2d(map, weight, layers[$"visual.{name}.bias"], [stride, stride]);
    }
}
