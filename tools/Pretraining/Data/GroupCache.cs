using PromptAD.Pictures;

namespace PromptAD.Pretraining.Data;

/// <summary>
/// Draws groups of pictures in background threads and keeps the latest. Groups are numbered and a number names the pictures, so what training sees
/// depends on the seed alone and not on how fast the threads are.
/// </summary>
internal sealed class GroupCache : IDisposable
{
    private const int Ahead = 32; // groups drawn before they are asked for
    private const int CleanPictures = 3, Pairs = 2;
    private readonly ulong seed;
    private readonly long first;
    private readonly PictureGroup?[] ring;
    private readonly Thread[] threads;
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim wanted = new(), drawn = new();
    private long next, limit;
    private Exception? failure;
    private volatile bool stopped;

    /// <param name="seed">Names all pictures.</param>
    /// <param name="size">Side of the pictures in pixels.</param>
    /// <param name="capacity">The number of groups kept.</param>
    /// <param name="first">The first number that will be asked for.</param>
    /// <param name="threads">Drawing threads.</param>
    public GroupCache(ulong seed, int size, int capacity, long first, int threads)
    {
        this.seed = seed;
        this.first = next = limit = first;
        ring = new PictureGroup?[capacity];
        this.threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => Draw(size)) { IsBackground = true, Priority = ThreadPriority.BelowNormal })];
        foreach (Thread thread in this.threads) thread.Start();
    }

    /// <summary>The group of a number, drawn now if need be. Numbers more than the capacity below the largest asked for are gone.</summary>
    public PictureGroup Get(long number)
    {
        while (true)
        {
            drawn.Reset();
            lock (gate)
            {
                if (failure is not null) throw new InvalidOperationException("Drawing failed.", failure);
                limit = Math.Max(limit, number + 1 + Ahead);
                wanted.Set();
                if (ring[number % ring.Length] is { } group && number >= first && number < next && number >= next - ring.Length) return group;
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

    private const double InFixture = 0.25; // of the products

    // Easy products first: few blemishes, clear defects.
    private static double Difficulty(long number) => 0.1 + 0.35 * Math.Min(1, number / 3000.0);

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
                PictureGroup group = DrawGroup(generator, seed * 1_000_000_007 + (ulong)number, Difficulty(number));
                lock (gate) ring[number % ring.Length] = group;
            }
            catch (Exception e)
            {
                lock (gate) failure = e;
            }
            drawn.Set();
        }
    }

    private static PictureGroup DrawGroup(PictureGenerator generator, ulong seed, double difficulty)
    {
        const int Tries = 10;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return generator.DrawGroup(Product.Draw(seed + ((ulong)attempt << 56), difficulty, InFixture), seed, CleanPictures, Pairs);
            }
            catch (InvalidOperationException) when (attempt < Tries)
            {
                // A product on which no defect can be seen is rare; another takes its place.
            }
        }
    }
}
