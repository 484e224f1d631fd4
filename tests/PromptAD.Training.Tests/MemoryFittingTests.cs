using PromptAD.Scoring;

namespace PromptAD.Training.Tests;

public sealed class MemoryFittingTests
{
    private const int Width = 5, Patches = 400;

    [Fact]
    public void Unwhitened_it_holds_the_pictures_patches_first_and_the_moved_ones_last()
    {
        PictureFeatures first = Picture(1), second = Picture(2), moved = Picture(3);
        MemoryBank bank = MemoryFitting.Fit([first, second], [moved], Width, whiten: false);
        Assert.Null(bank.Whitenings);
        Assert.Equal([.. first.Memory[0], .. second.Memory[0], .. moved.Memory[0]], bank.Layers[0]);
        Assert.Equal([.. first.Memory[1], .. second.Memory[1], .. moved.Memory[1]], bank.Layers[1]);
    }

    [Fact]
    public void Whitened_rows_have_mean_0_and_a_covariance_near_the_identity()
    {
        MemoryBank bank = MemoryFitting.Fit([Picture(1), Picture(2)], [], Width, whiten: true);
        foreach (float[] rows in bank.Layers)
        {
            double[,] covariance = Covariance(rows, out double[] mean);
            Assert.All(mean, value => Assert.Equal(0, value, 1e-4));
            // Shrinkage adds a tenth of the mean variance to each channel, so that what is left lies below 1.
            for (int i = 0; i < Width; i++)
            {
                Assert.InRange(covariance[i, i], 0.3, 1);
                for (int j = 0; j < i; j++) Assert.InRange(covariance[i, j], -0.35, 0.35);
            }
        }
    }

    [Fact]
    public void A_whitened_picture_is_at_0_from_itself_and_distances_are_those_of_Mahalanobis()
    {
        PictureFeatures good = Picture(1), query = Picture(9, patches: 7);
        MemoryBank bank = MemoryFitting.Fit([good], [], Width, whiten: true);
        Assert.All(bank.VisualMap(good.Memory), value => Assert.InRange(value, 0, 1e-3f));
        double far = Math.Sqrt(2 * Width);
        double[] expected = new double[7];
        for (int layer = 0; layer < 2; layer++)
        {
            float[] matrix = bank.Whitenings![layer].Matrix;
            for (int patch = 0; patch < 7; patch++)
            {
                double nearest = Enumerable.Range(0, Patches).Min(r => Mahalanobis(matrix, query.Memory[layer], patch, good.Memory[layer], r));
                expected[patch] += nearest / (nearest + far) / 2;
            }
        }
        float[] map = bank.VisualMap(query.Memory);
        for (int patch = 0; patch < 7; patch++) Assert.Equal(expected[patch], map[patch], 1e-3);
    }

    [Fact]
    public void A_picture_without_any_structure_can_be_whitened()
    {
        var flat = new PictureFeatures([1], [1], [new float[Width * 4]]);
        Assert.All(MemoryFitting.Fit([flat], [], Width, whiten: true).VisualMap([new float[Width]]), value => Assert.Equal(0, value));
    }

    /// <summary>|A·(q - r)|.</summary>
    private static double Mahalanobis(float[] matrix, float[] queries, int q, float[] references, int r)
    {
        double sum = 0;
        for (int i = 0; i < Width; i++)
        {
            double value = 0;
            for (int j = 0; j < Width; j++) value += matrix[(i * Width) + j] * (double)(queries[(q * Width) + j] - references[(r * Width) + j]);
            sum += value * value;
        }
        return Math.Sqrt(sum);
    }

    private static double[,] Covariance(float[] rows, out double[] mean)
    {
        int count = rows.Length / Width;
        double[] means = [.. Enumerable.Range(0, Width).Select(i => Enumerable.Range(0, count).Average(row => (double)rows[(row * Width) + i]))];
        var covariance = new double[Width, Width];
        for (int i = 0; i < Width; i++)
        {
            for (int j = 0; j < Width; j++)
                covariance[i, j] = Enumerable.Range(0, count).Average(row => (rows[(row * Width) + i] - means[i]) * (rows[(row * Width) + j] - means[j]));
        }
        mean = means;
        return covariance;
    }

    /// <summary>Features whose channels hang together: each is partly the one before.</summary>
    private static PictureFeatures Picture(int seed, int patches = Patches)
    {
        float[] Layer(int layer)
        {
            var random = new Random((seed * 10) + layer);
            var rows = new float[patches * Width];
            for (int row = 0; row < patches; row++)
            {
                for (int i = 0; i < Width; i++)
                {
                    float before = i == 0 ? 0 : rows[(row * Width) + i - 1];
                    rows[(row * Width) + i] = (0.5f * before) + ((float)random.NextDouble() * 0.4f / (1 + i));
                }
            }
            return rows;
        }

        return new PictureFeatures([1], [1], [Layer(0), Layer(1)]);
    }
}
