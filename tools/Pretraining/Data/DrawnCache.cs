using PromptAD.Pictures;

namespace PromptAD.Pretraining.Data;

/// <summary>
/// Makes items of drawn pictures in background threads and keeps the latest. Items are numbered and a number names the pictures, so what training sees
/// depends on the seed alone and not on how fast the threads are.
/// </summary>
/// <typeparam name="T">What is made: a group of pictures, or what a trunk makes of one.</typeparam>
internal sealed class DrawnCache<T> : IDisposable
    where T : class
{
    private const int Ahead = 32; // items made before they are asked for
    private readonly Func<PictureGenerator, long, T> make;
    private readonly long first;
    private readonly T?[] ring;
    private readonly Thread[] threads;
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim wanted = new(), drawn = new();
    private long next, limit;
    private Exception? failure;
    private volatile bool stopped;

    /// <param name="size">Side of the drawn pictures in pixels.</param>
    /// <param name="capacity">The number of items kept.</param>
    /// <param name="first">The first number that will be asked for.</param>
    /// <param name="threads">Drawing threads.</param>
    /// <param name="make">Makes the item of a number, with the thread's own generator.</param>
    public DrawnCache(int size, int capacity, long first, int threads, Func<PictureGenerator, long, T> make)
    {
        this.make = make;
        this.first = next = limit = first;
        ring = new T?[capacity];
        this.threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => Draw(size)) { IsBackground = true, Priority = ThreadPriority.BelowNormal })];
        foreach (Thread thread in this.threads) thread.Start();
    }

    /// <summary>The item of a number, made now if need be. Numbers more than the capacity below the largest asked for are gone.</summary>
    public T Get(long number)
    {
        while (true)
        {
            drawn.Reset();
            lock (gate)
            {
                if (failure is not null) throw new InvalidOperationException("Drawing failed.", failure);
                limit = Math.Max(limit, number + 1 + Ahead);
                wanted.Set();
                if (ring[number % ring.Length] is { } item && number >= first && number < next && number >= next - ring.Length) return item;
            }
            drawn.Wait(TimeSpan.FromSeconds(1));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopped = true;
        wanted.Set();
        foreach (Thread thread in threads) thread.Join();
        wanted.Dispose();
        drawn.Dispose();
    }

    private void Draw(int size)
    {
        using var generator = new PictureGenerator(size);
        while (!stopped)
        {
            long number;
            lock (gate)
            {
                number = next < limit ? next++ : -1;
                if (number < 0) wanted.Reset();
                else ring[number % ring.Length] = null;
            }
            if (number < 0)
            {
                wanted.Wait(TimeSpan.FromSeconds(1));
                continue;
            }
            try
            {
                T item = make(generator, number);
                lock (gate) ring[number % ring.Length] = item;
            }
            catch (Exception e)
            {
                lock (gate) failure = e;
            }
            drawn.Set();
        }
    }
}
