using PromptAD.Encoders.Clip;
using PromptAD.Onnx;
using PromptAD.Pretraining.Model;

namespace PromptAD.Pretraining.Tests.Model;

public sealed class FoldedNetworkTests
{
    private static readonly ResidualTrunk Trunk = new([2, 3], Blocks: 1, Stages: [1, 2]);

    [Fact]
    public void A_convolution_and_its_norm_are_one_convolution()
    {
        GraphProto network = Network();

        Dictionary<string, float[]> weights = new FoldedNetwork(network).Read(Trunk);

        // scale 2, shift 0.5, mean 0.25, variance 4 - 1e-5: a half-weight kernel times 2/2, and 0.5 - 0.25.
        Assert.Equal(Trunk.Convolutions().Count() * 2, weights.Count);
        Assert.All(weights["visual.trunk.1.0.conv1.weight"], value => Assert.Equal(0.5f, value, 1e-6f));
        Assert.All(weights["visual.trunk.1.0.conv1.bias"], value => Assert.Equal(0.25f, value, 1e-6f));
        Assert.Equal(3 * 2, weights["visual.trunk.2.0.shortcut.weight"].Length);
    }

    [Fact]
    public void The_first_convolution_reads_normalised_red_green_and_blue()
    {
        GraphProto network = Network();
        float[] kernel = [.. network.Initializer.Single(tensor => tensor.Name == "kernel0").FloatData];
        Dictionary<string, float[]> weights = new FoldedNetwork(network).Read(Trunk);
        float[] folded = weights["visual.trunk.conv1.weight"], bias = weights["visual.trunk.conv1.bias"];
        byte[] level = [200, 90, 30]; // red, green, blue, all over the picture
        double[] means = [103.06262, 115.90288, 123.15163]; // blue, green, red

        for (int output = 0; output < 2; output++)
        {
            double expected = 0.25, actual = bias[output];
            for (int channel = 0; channel < 3; channel++)
            {
                double normalised = (level[channel] / 255.0 - ClipPixels.Means[channel]) / ClipPixels.Deviations[channel];
                expected += kernel.AsSpan((output * 3 + 2 - channel) * 49, 49).ToArray().Sum(value => (double)value) * (level[channel] - means[2 - channel]);
                actual += folded.AsSpan((output * 3 + channel) * 49, 49).ToArray().Sum(value => (double)value) * normalised;
            }
            Assert.Equal(expected, actual, 1e-3 * Math.Abs(expected));
        }
    }

    [Fact]
    public void Another_network_is_refused()
    {
        var error = Assert.Throws<PromptADException>(() => new FoldedNetwork(Network()).Read(Trunk with { Channels = [2, 4] }));

        Assert.Equal(
            "The network does not begin with the configuration's trunk: trunk.2.0.shortcut is 3 x 2 x 1 x 1 where 4 x 2 x 1 x 1 is expected. "
            + "Give ResNet18.onnx of the package, and its configuration.",
            error.Message);
    }

    /// <summary>The convolutions of a trunk in the order of the package's graph, each with a norm behind; the first has kernels of its own.</summary>
    private static GraphProto Network()
    {
        var network = new GraphProto();
        Dictionary<string, long[]> kernels = Trunk.Convolutions().ToDictionary(convolution => convolution.Name, convolution => convolution.Kernel);
        string[] order = ["trunk.conv1", "trunk.1.0.conv1", "trunk.1.0.conv2", "trunk.2.0.shortcut", "trunk.2.0.conv1", "trunk.2.0.conv2"];
        foreach ((int i, string name) in order.Index())
        {
            long[] kernel = kernels[name];
            long count = kernel.Aggregate(1L, (product, side) => product * side);
            Add($"kernel{i}", kernel, [.. Enumerable.Range(0, (int)count).Select(n => i == 0 ? (n % 7 - 2) / 10f : 0.5f)]);
            network.Node.Add(new NodeProto { OpType = "Conv", Input = { "in", $"kernel{i}" }, Output = { $"conv{i}" } });
            foreach ((string part, float value) in (IEnumerable<(string, float)>)[("scale", 2), ("shift", 0.5f), ("mean", 0.25f), ("variance", 4 - 1e-5f)])
                Add($"{part}{i}", [kernel[0]], [.. Enumerable.Repeat(value, (int)kernel[0])]);
            network.Node.Add(new NodeProto
            {
                OpType = "BatchNormalization",
                Input = { $"conv{i}", $"scale{i}", $"shift{i}", $"mean{i}", $"variance{i}" },
                Output = { $"norm{i}" },
                Attribute = { new AttributeProto { Name = "epsilon", F = 1e-5f } },
            });
        }
        return network;

        void Add(string name, long[] shape, float[] values) => network.Initializer.Add(new TensorProto { Name = name, Dims = { shape }, FloatData = { values } });
    }
}
