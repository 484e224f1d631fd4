using PromptAD.Encoders.Clip;

namespace PromptAD.Tests.Encoders.Clip;

/// <summary>A residual trunk in plain loops over double. A map is (channels, side, side).</summary>
internal sealed class SlowTrunk(ResidualTrunk trunk, Func<string, float[]> weights)
{
    /// <summary>The stages that are read, each as the mean over a patch, (patches, width).</summary>
    public IReadOnlyList<double[][]> Read(ReadOnlySpan<float> image, int size)
    {
        double[][] map = [.. Enumerable.Range(0, 3).Select(channel => new double[size * size])];
        for (int i = 0; i < image.Length; i++) map[i / (size * size)][i % (size * size)] = image[i];
        map = Relu(Convolve(map, "trunk.conv1", kernel: 7, stride: 2, before: 3));
        map = Maximum(map);
        var read = new List<double[][]>();
        for (int stage = 1; stage <= trunk.Channels.Count; stage++)
        {
            for (int block = 0; block < trunk.Blocks; block++)
            {
                string name = $"trunk.{stage}.{block}";
                bool halves = stage > 1 && block == 0;
                double[][] inner = Relu(Convolve(map, $"{name}.conv1", 3, halves ? 2 : 1, before: 1));
                inner = Convolve(inner, $"{name}.conv2", 3, 1, before: 1);
                double[][] outer = halves ? Convolve(map, $"{name}.shortcut", 1, 2, before: 0) : map;
                map = Relu([.. inner.Zip(outer, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())]);
            }
            if (trunk.Stages.Contains(stage)) read.Add(Means(map, size / trunk.PatchSize));
        }
        return read;
    }

    /// <summary>As many steps as fit, with zeros wherever a kernel reaches beyond the map.</summary>
    private double[][] Convolve(double[][] map, string layer, int kernel, int stride, int before)
    {
        float[] values = weights($"visual.{layer}.weight"), bias = weights($"visual.{layer}.bias");
        int side = (int)Math.Sqrt(map[0].Length), steps = side / stride;
        return [.. bias.Select((shift, output) =>
        {
            var made = new double[steps * steps];
            for (int i = 0; i < made.Length; i++)
            {
                double sum = shift;
                for (int j = 0; j < map.Length * kernel * kernel; j++)
                {
                    int input = j / (kernel * kernel), y = (i / steps * stride) - before + (j / kernel % kernel), x = (i % steps * stride) - before + (j % kernel);
                    if (y >= 0 && y < side && x >= 0 && x < side) sum += map[input][(y * side) + x] * values[(output * map.Length * kernel * kernel) + j];
                }
                made[i] = sum;
            }
            return made;
        })];
    }

    /// <summary>The maximum of the values at 2i - 1, 2i and 2i + 1.</summary>
    private static double[][] Maximum(double[][] map)
    {
        int side = (int)Math.Sqrt(map[0].Length), steps = side / 2;
        IEnumerable<int> Near(int step) => Enumerable.Range((2 * step) - 1, 3).Where(i => i >= 0 && i < side);
        return [.. map.Select(values => Enumerable.Range(0, steps * steps)
            .Select(i => Near(i / steps).Max(y => Near(i % steps).Max(x => values[(y * side) + x]))).ToArray())];
    }

    private static double[][] Means(double[][] map, int grid)
    {
        int side = (int)Math.Sqrt(map[0].Length), steps = side / grid;
        return [.. Enumerable.Range(0, grid * grid).Select(patch => map.Select(values => (
            from y in Enumerable.Range(patch / grid * steps, steps)
            from x in Enumerable.Range(patch % grid * steps, steps)
            select values[(y * side) + x]).Average()).ToArray())];
    }

    private static double[][] Relu(double[][] map) => [.. map.Select(values => values.Select(value => Math.Max(0, value)).ToArray())];
}
