namespace PromptAD.Tests;

public sealed class OrderedPipelineTests
{
    [Fact]
    public async Task What_comes_to_no_end_is_given_back()
    {
        int begun = 0, ended = 0, discarded = 0;
        IAsyncEnumerable<int> results = OrderedPipeline.RunAsync(
            Enumerable.Range(0, 100).ToAsyncEnumerable(),
            item =>
            {
                Interlocked.Increment(ref begun);
                return item;
            },
            (item, _) => item,
            item =>
            {
                Interlocked.Increment(ref ended);
                return item;
            },
            _ => Interlocked.Increment(ref discarded),
            ahead: 3,
            TestContext.Current.CancellationToken);

        await foreach (int result in results)
        {
            if (result == 5) break; // the caller has seen enough
        }

        Assert.True(begun > ended);
        Assert.Equal(begun, ended + discarded);
    }

    [Fact]
    public async Task What_fails_in_the_middle_is_given_back()
    {
        int discarded = 0;
        IAsyncEnumerable<int> results = OrderedPipeline.RunAsync(
            Enumerable.Range(0, 1).ToAsyncEnumerable(), item => item, (_, _) => throw new InvalidOperationException(), item => item,
            _ => Interlocked.Increment(ref discarded), ahead: 1, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await results.ToArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, discarded);
    }
}
