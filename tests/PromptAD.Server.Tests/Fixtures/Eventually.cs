using System.Diagnostics;

namespace PromptAD.Server.Tests.Fixtures;

/// <summary>Waits for what comes by itself.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Looks until it is there.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> look, Func<T, bool> isThere, string what)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            T found = await look();
            if (isThere(found)) return found;
            Assert.True(waited.Elapsed < Patience, $"{what} does not come; there is {found}");
            await Task.Delay(20);
        }
    }
}
