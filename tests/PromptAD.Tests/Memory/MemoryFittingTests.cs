using PromptAD.Encoders;
using PromptAD.Memory;

namespace PromptAD.Tests.Memory;

public sealed class MemoryFittingTests
{
    private const int Width = 5, Patches = 400;

    [Fact]
    public void Unwhitened_it_holds_the_pictures_patches_first_and_the_moved_ones_last_all_of_length_1()
    {
        PictureFeatures first = Picture(1), second = Picture(2), moved = Picture(3);
        MemoryBank bank = MemoryFitting.Fit([first, second], [moved], [Width, Width]);
        Assert.Null(bank.Whitenings);
        for (int layer = 0; layer < 2; layer++)
        {
            float[] all = [.. first.Memory[layer], .. second.Memory[layer], .. moved.Memory[layer]];
            for (int row = 0; row < all.Length; row += Width)
            {
                double length = Math.Sqrt(all[row..(row + Width)].Sum(value => (double)value * value));
                for (int i = 0; i < Width; i++) Assert.Equal(all[row + i] / length, bank.Layers[layer][row + i], 1e-6);
            }
        }
    }

    [Fact]
    public void A_change_that_variations_make_counts_little_and_another_of_the_same_length_much()
    {
        // The variations move channel 0 alone, so that there good patches themselves are far apart.
        PictureFeatures good = Picture(1);
        PictureFeatures Moved(int channel, float by) => new([1], [1], [.. good.Memory.Select(rows => rows.Select((value, i) => i % Width == channel ? value + by : value).ToArray())]);
        MemoryBank bank = Whitened([good], [[Moved(0, 2), Moved(0, -2)]]);
        float[] along = bank.VisualMap(Moved(0, 0.5f).Memory), across = bank.VisualMap(Moved(1, 0.5f).Memory);
        Assert.True(across.Average() > 2 * along.Average(), $"{along.Average()} {across.Average()}");
    }

    [Fact]
    public void A_whitened_picture_is_at_0_from_itself_and_distances_are_those_of_Mahalanobis()
    {
        PictureFeatures good = Picture(1), query = Picture(9, patches: 7), varied = Picture(5);
        MemoryBank bank = Whitened([good], [[varied]]);
        Assert.All(bank.VisualMap(good.Memory), value => Assert.InRange(value, 0, 1e-3f));
        double far = Math.Sqrt(2 * Width);
        double[] expected = new double[7];
        for (int layer = 0; layer < 2; layer++)
        {
            double[,] inverse = Inverse(Shrunk(good.Memory[layer], varied.Memory[layer]));
            for (int patch = 0; patch < 7; patch++)
            {
                double nearest = Enumerable.Range(0, Patches).Min(r => Mahalanobis(inverse, query.Memory[layer], patch, good.Memory[layer], r));
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
        Assert.All(Whitened([flat], [[flat]]).VisualMap([new float[Width]]), value => Assert.Equal(0, value));
    }

    private static MemoryBank Whitened(PictureFeatures[] good, PictureFeatures[][] gentle) =>
        MemoryFitting.Fit(good, [], [.. good[0].Memory.Select(_ => Width)], MemoryFitting.Whiten(good, gentle, [.. good[0].Memory.Select(_ => Width)]));

    /// <summary>√((q - r)ᵀ·Σ⁻¹·(q - r)).</summary>
    private static double Mahalanobis(double[,] inverse, float[] queries, int q, float[] references, int r)
    {
        double sum = 0;
        double Difference(int i) => queries[(q * Width) + i] - (double)references[(r * Width) + i];
        for (int i = 0; i < Width; i++)
            for (int j = 0; j < Width; j++) sum += Difference(i) * inverse[i, j] * Difference(j);
        return Math.Sqrt(sum);
    }

    /// <summary>The mean of δ·δᵀ, and a twentieth of the patches' mean variance on the diagonal.</summary>
    private static double[,] Shrunk(float[] good, float[] varied)
    {
        int count = good.Length / Width;
        double Mean(Func<int, double> value) => Enumerable.Range(0, count).Average(value);
        double variance = Enumerable.Range(0, Width).Average(i =>
        {
            double mean = Mean(row => good[(row * Width) + i]);
            return Mean(row => Math.Pow(good[(row * Width) + i] - mean, 2));
        });
        var covariance = new double[Width, Width];
        double Change(int row, int i) => varied[(row * Width) + i] - (double)good[(row * Width) + i];
        for (int i = 0; i < Width; i++)
            for (int j = 0; j < Width; j++) covariance[i, j] = Mean(row => Change(row, i) * Change(row, j)) + (i == j ? 0.05 * variance : 0);
        return covariance;
    }

    /// <summary>By Gauss and Jordan.</summary>
    private static double[,] Inverse(double[,] matrix)
    {
        var left = (double[,])matrix.Clone();
        var right = new double[Width, Width];
        for (int i = 0; i < Width; i++) right[i, i] = 1;
        for (int pivot = 0; pivot < Width; pivot++)
        {
            double scale = left[pivot, pivot];
            for (int j = 0; j < Width; j++) (left[pivot, j], right[pivot, j]) = (left[pivot, j] / scale, right[pivot, j] / scale);
            for (int row = 0; row < Width; row++)
            {
                if (row == pivot) continue;
                double factor = left[row, pivot];
                for (int j = 0; j < Width; j++) (left[row, j], right[row, j]) = (left[row, j] - (factor * left[pivot, j]), right[row, j] - (factor * right[pivot, j]));
            }
        }
        return right;
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
