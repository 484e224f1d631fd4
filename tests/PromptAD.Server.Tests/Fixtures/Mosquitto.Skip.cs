namespace PromptAD.Server.Tests.Fixtures;

/// <content>For tests, which are skipped where it is not installed.</content>
internal sealed partial class Mosquitto
{
    /// <summary>Starts one, or skips the test, and says so.</summary>
    public static Task<Mosquitto> StartAsync(string folder)
    {
        if (!IsThere) Console.Error.WriteLine($"SKIPPED: no {Program}; 'apt-get install mosquitto' brings it.");
        Assert.SkipUnless(IsThere, $"No {Program}; 'apt-get install mosquitto' brings it.");
        return LaunchAsync(folder);
    }
}
