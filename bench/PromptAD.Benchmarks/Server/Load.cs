using System.Diagnostics;

namespace PromptAD.Benchmarks.Server;

/// <summary>Two ways of sending pictures.</summary>
internal static class Load
{
    private const double Slack = 0.0015; // s, of a thread that sleeps

    /// <summary>Sends so that the service always has enough: each sender begins the next picture when it has an answer.</summary>
    /// <param name="senders">How many.</param>
    /// <param name="count">How many pictures all of them send.</param>
    /// <param name="send">Sends the picture of a number.</param>
    /// <returns>Pictures a second.</returns>
    public static async Task<double> SaturateAsync(int senders, int count, Func<int, Task> send)
    {
        int next = -1;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < count;) await send(number);
        })));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>
    /// Sends at fixed moments, whether or not the pictures before are answered, as a line does. Times count from the moment at which a
    /// picture should have been sent, so that waiting is part of them.
    /// </summary>
    /// <param name="interval">Seconds between two pictures.</param>
    /// <param name="count">How many pictures.</param>
    /// <param name="send">Sends the picture of a number, and gives what was said of it.</param>
    /// <returns>For each picture the seconds to its answer, and the answer.</returns>
    public static async Task<(double Seconds, T Answer)[]> ArriveAsync<T>(double interval, int count, Func<int, Task<T>> send)
    {
        var all = new Task<(double, T)>[count];
        await Task.Factory.StartNew(
            () =>
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < count; i++)
                {
                    double due = (i + 1) * interval;
                    double left = due - Stopwatch.GetElapsedTime(start).TotalSeconds;
                    if (left > Slack) Thread.Sleep(TimeSpan.FromSeconds(left - Slack));
                    while (Stopwatch.GetElapsedTime(start).TotalSeconds < due) Thread.SpinWait(20);
                    int number = i;
                    all[i] = Task.Run(async () =>
                    {
                        T answer = await send(number);
                        return (Stopwatch.GetElapsedTime(start).TotalSeconds - due, answer);
                    });
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return await Task.WhenAll(all);
    }

    /// <summary>The value that a share of all do not exceed.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
