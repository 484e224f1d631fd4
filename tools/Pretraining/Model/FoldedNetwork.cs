using PromptAD.Encoders.Clip;
using PromptAD.Onnx;

namespace PromptAD.Pretraining.Model;

/// <summary>
/// Reads the convolutions of a ResNet from its ONNX graph, with the norm behind each folded in. The network reads levels of 0 to 255 in the order blue, green,
/// red, less their mean over photographs; the first convolution is rewritten for pictures as CLIP normalises them.
/// </summary>
internal sealed class FoldedNetwork(GraphProto network)
{
    /// <summary>What the network subtracts, of blue, green and red: the means of the picture that the package's ResNetPreprocess.onnx subtracts.</summary>
    private static readonly double[] Means = [103.06262, 115.90288, 123.15163];

    private readonly Dictionary<string, TensorProto> tensors = network.Initializer.ToDictionary(tensor => tensor.Name);

    /// <summary>Weights and biases of a trunk, by the names of a checkpoint.</summary>
    /// <exception cref="PromptADException">The network does not begin with that trunk.</exception>
    public Dictionary<string, float[]> Read(ResidualTrunk trunk)
    {
        var weights = new Dictionary<string, float[]>();
        NodeProto[] convolutions = [.. network.Node.Where(node => node.OpType == "Conv")];
        // The graph has the shortcut of a block before its other convolutions.
        string[] order = [.. trunk.Convolutions().Select(convolution => convolution.Name)
            .GroupBy(name => name[..name.LastIndexOf('.')]).SelectMany(block => block.OrderByDescending(name => name.EndsWith("shortcut", StringComparison.Ordinal)))];
        Dictionary<string, long[]> kernels = trunk.Convolutions().ToDictionary(convolution => convolution.Name, convolution => convolution.Kernel);
        if (convolutions.Length < order.Length) throw Another($"it has {convolutions.Length} convolutions and the trunk {order.Length}");
        foreach ((string name, NodeProto convolution) in order.Zip(convolutions))
        {
            TensorProto kernel = tensors[convolution.Input[1]];
            if (!kernel.Dims.SequenceEqual(kernels[name]))
                throw Another($"{name} is {string.Join(" x ", kernel.Dims)} where {string.Join(" x ", kernels[name])} is expected");
            (float[] folded, float[] bias) = Fold(convolution, [.. kernel.FloatData]);
            if (name == ResidualTrunk.First) ReadNormalisedPictures(folded, bias);
            weights.Add($"visual.{name}.weight", folded);
            weights.Add($"visual.{name}.bias", bias);
        }
        return weights;
    }

    /// <summary>y = (W·x - mean)·scale/√(variance + ε) + shift as one convolution with a bias.</summary>
    private (float[] Kernel, float[] Bias) Fold(NodeProto convolution, float[] kernel)
    {
        NodeProto norm = network.Node.Single(node => node.OpType == "BatchNormalization" && node.Input[0] == convolution.Output[0]);
        double epsilon = norm.Attribute.Single(attribute => attribute.Name == "epsilon").F;
        float[] Part(int input) => [.. tensors[norm.Input[input]].FloatData];
        float[] scale = Part(1), shift = Part(2), mean = Part(3), variance = Part(4), bias = new float[scale.Length];
        int each = kernel.Length / scale.Length;
        for (int output = 0; output < scale.Length; output++)
        {
            double factor = scale[output] / Math.Sqrt(variance[output] + epsilon);
            bias[output] = (float)(shift[output] - mean[output] * factor);
            foreach (ref float value in kernel.AsSpan(output * each, each)) value = (float)(value * factor);
        }
        return (kernel, bias);
    }

    /// <summary>From levels of blue, green and red less their means to normalised red, green and blue.</summary>
    private static void ReadNormalisedPictures(float[] kernel, float[] bias)
    {
        int plane = ResidualTrunk.FirstKernel * ResidualTrunk.FirstKernel, each = 3 * plane;
        float[] blueFirst = [.. kernel];
        for (int output = 0; output < bias.Length; output++)
        {
            double sum = bias[output];
            for (int channel = 0; channel < 3; channel++)
            {
                // level - mean = normalised · 255·deviation + (255·CLIP's mean - mean)
                double factor = 255 * ClipPixels.Deviations[channel], rest = (255 * ClipPixels.Means[channel]) - Means[2 - channel];
                ReadOnlySpan<float> from = blueFirst.AsSpan((output * each) + ((2 - channel) * plane), plane);
                Span<float> to = kernel.AsSpan((output * each) + (channel * plane), plane);
                for (int i = 0; i < plane; i++)
                {
                    sum += from[i] * rest;
                    to[i] = (float)(from[i] * factor);
                }
            }
            bias[output] = (float)sum;
        }
    }

    private static PromptADException Another(string difference) =>
        new(Problem.Mismatch, $"The network does not begin with the configuration's trunk: {difference}. Give ResNet18.onnx of the package, and its configuration.");
}
