using PromptAD.Encoders;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Tests.Cancellation;

/// <summary>Each of these would take seconds.</summary>
[Collection(nameof(Undisturbed))]
public sealed class ComputationTests
{
    private const int Width = 64;
    private static readonly float[] Rows = Values(100_000, Width), Queries = Values(60_000, Width);

    [Fact]
    public async Task Looking_up_in_a_memory_ends() =>
        await Promptly.EndsAsync(cancellation => new MemoryBank([Rows], Width).VisualMap([Queries], cancellation));

    [Fact]
    public async Task Comparing_a_memory_with_itself_ends() =>
        await Promptly.EndsAsync(cancellation => new MemoryBank([Rows], Width).OwnMap(Rows.Length / Width, cancellation));

    [Fact]
    public async Task Choosing_rows_that_stand_for_many_ends() =>
        await Promptly.EndsAsync(cancellation => GreedyCoreset.Choose(Rows, Width, kept: 1, count: 50_000, cancellation));

    [Fact]
    public async Task Whitening_rows_ends()
    {
        const int Wide = 3072;
        var whitening = new Whitening(new float[Wide], Values(Wide, Wide));
        float[] rows = Values(4000, Wide);
        await Promptly.EndsAsync(cancellation => whitening.Apply(rows, cancellation));
    }

    [Fact]
    public void A_scale_asks_for_no_further_picture_once_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        var picture = new PictureFeatures([1], [1], [[1, 0]]);
        int asked = 0;
        IEnumerable<(PictureFeatures, MemoryBank?)> Varied()
        {
            while (true)
            {
                if (++asked == 3) source.Cancel();
                yield return (picture, new MemoryBank([[1, 0]], 2));
            }
        }

        Assert.Throws<OperationCanceledException>(() => PictureScorer.ScaleOf(null, null, 1, Varied(), source.Token));
        Assert.Equal(3, asked);
    }

    [Fact]
    public void What_is_not_cancelled_gives_the_same_with_a_token()
    {
        using var source = new CancellationTokenSource();
        var bank = new MemoryBank([Rows[..(900 * Width)]], Width);
        float[][] queries = [Queries[..(500 * Width)]];
        Assert.Equal(bank.VisualMap(queries), bank.VisualMap(queries, source.Token));
        Assert.Equal(
            GreedyCoreset.Choose(queries[0], Width, kept: 2, count: 40),
            GreedyCoreset.Choose(queries[0], Width, kept: 2, count: 40, source.Token));
    }

    /// <summary>Rows that all differ, (rows, width).</summary>
    private static float[] Values(int rows, int width)
    {
        var values = new float[rows * width];
        for (int i = 0; i < values.Length; i++) values[i] = ((i * 7919L % 10_007) - 5000) / 10_007f;
        return values;
    }
}
