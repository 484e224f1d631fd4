using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PromptAD;

/// <summary>
/// Three steps over a stream, overlapping: items are begun and ended on several threads, and the step between, which has the whole machine
/// for itself, takes one at a time. Results keep the items' order; so many items as asked for wait before and after the middle step.
/// </summary>
internal static class OrderedPipeline
{
    /// <param name="items">The stream; it is not read faster than items are worked on.</param>
    /// <param name="begin">The first step, such as decoding.</param>
    /// <param name="work">The middle step; its token is cancelled when the stream is, or when nobody reads it any more.</param>
    /// <param name="end">The last step, such as writing files.</param>
    /// <param name="discard">Gives back what an item holds that was begun or worked on and comes to no end.</param>
    /// <param name="ahead">How many items may be begun ahead of the middle step, and how many may wait behind it; at least 1.</param>
    /// <param name="cancellation">Stops the stream with an <see cref="OperationCanceledException"/>.</param>
    public static async IAsyncEnumerable<TResult> RunAsync<TItem, TWork, TResult>(
        IAsyncEnumerable<TItem> items,
        Func<TItem, TWork> begin,
        Func<TWork, CancellationToken, TWork> work,
        Func<TWork, TResult> end,
        Action<TWork> discard,
        int ahead,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var begun = Channel.CreateBounded<Task<TWork>>(ahead);
        var ended = Channel.CreateBounded<Task<TResult>>(ahead);
        Task reading = Fill(begun.Writer, async () =>
        {
            await foreach (TItem item in items.WithCancellation(stop.Token).ConfigureAwait(false))
            {
                await begun.Writer.WaitToWriteAsync(stop.Token).ConfigureAwait(false);
                begun.Writer.TryWrite(Task.Run(() => begin(item)));
            }
        });
        Task working = Fill(ended.Writer, async () =>
        {
            await foreach (Task<TWork> next in begun.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                TWork held = await next.ConfigureAwait(false);
                try
                {
                    held = work(held, stop.Token);
                    await ended.Writer.WaitToWriteAsync(stop.Token).ConfigureAwait(false);
                }
                catch
                {
                    discard(held);
                    throw;
                }
                TWork worked = held;
                ended.Writer.TryWrite(Task.Run(() => end(worked)));
            }
        });
        try
        {
            // Without the token: what has been ended is worth having when the stream is cancelled; the channel then ends by itself.
            await foreach (Task<TResult> result in ended.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return await result.ConfigureAwait(false);
        }
        finally
        {
            // Also when the caller has stopped reading: nothing goes on behind its back.
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(reading, working).ConfigureAwait(false);
            await Drain(begun.Reader, discard).ConfigureAwait(false);
            await Drain(ended.Reader, _ => { }).ConfigureAwait(false);
        }
    }

    private static async Task Drain<T>(ChannelReader<Task<T>> reader, Action<T> discard)
    {
        while (reader.TryRead(out Task<T>? left))
        {
            await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (left.IsCompletedSuccessfully) discard(left.Result);
        }
    }

    /// <summary>Runs a producer on a thread of its own; what ends it, ends the channel.</summary>
    private static Task Fill<T>(ChannelWriter<T> writer, Func<Task> produce) => Task.Run(async () =>
    {
        try
        {
            await produce().ConfigureAwait(false);
            writer.Complete();
        }
        catch (Exception e)
        {
            writer.Complete(e);
        }
    });
}
