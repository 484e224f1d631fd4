namespace PromptAD.Encoders.Clip;

/// <summary>The residual network in front of the transformer.</summary>
internal sealed partial class VisionGraph
{
    /// <summary>The stages that are read are the first layers of the memory; (batch, width, grid, grid) of them side by side.</summary>
    private string EmbedByTrunk(string image, ResidualTrunk trunk)
    {
        const int Before = ResidualTrunk.FirstBefore, Behind = ResidualTrunk.FirstBehind;
        string map = graph.ToComputed(Normalised(image));
        map = graph.Relu(graph.Convolution(map, ResidualTrunk.First, ResidualTrunk.FirstKernel, stride: 2, Before, Behind));
        map = graph.Maximum(map, ResidualTrunk.Kernel, stride: 2, before: 1, behind: 0);
        var read = new List<string>();
        for (int stage = 1; stage <= trunk.Channels.Count; stage++)
        {
            for (int block = 0; block < trunk.Blocks; block++) map = ResidualBlock(map, stage, block);
            int layer = read.Count;
            if (layer == trunk.Stages.Count || trunk.Stages[layer] != stage) continue;
            int steps = vision.PatchSize / ResidualTrunk.StrideOf(stage);
            read.Add(steps == 1 ? map : graph.Mean(map, steps));
            memory[layer] = ToRows(read[layer], trunk.Widths[layer]);
        }
        return graph.PatchConvolution(graph.Concat(read, axis: 1), graph.Weight(VisionWeights.Patch), bias: null, patch: 1);
    }

    private string ResidualBlock(string map, int stage, int block)
    {
        const int Kernel = ResidualTrunk.Kernel;
        string name = ResidualTrunk.Block(stage, block);
        int stride = ResidualTrunk.HasShortcut(stage, block) ? 2 : 1;
        string inner = graph.Relu(graph.Convolution(map, $"{name}.conv1", Kernel, stride, before: 1, behind: stride == 1 ? 1 : 0));
        inner = graph.Convolution(inner, $"{name}.conv2", Kernel, stride: 1, before: 1, behind: 1);
        if (stride != 1) map = graph.Convolution(map, $"{name}.shortcut", kernel: 1, stride, before: 0, behind: 0);
        return graph.Relu(graph.Add(inner, map));
    }
}
