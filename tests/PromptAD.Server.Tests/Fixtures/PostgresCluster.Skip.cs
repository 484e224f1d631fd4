[assembly: AssemblyFixture(typeof(PromptAD.Server.Tests.Fixtures.PostgresCluster))]

namespace PromptAD.Server.Tests.Fixtures;

/// <content>For tests, which are skipped where it is not installed.</content>
public sealed partial class PostgresCluster
{
    /// <summary>Skips a test, and says so, where there is no PostgreSQL.</summary>
    public static void Demand()
    {
        if (Programs is null) Console.Error.WriteLine("SKIPPED: no PostgreSQL in /usr/lib/postgresql; 'apt-get install postgresql' brings it.");
        Assert.SkipWhen(Programs is null, "No PostgreSQL in /usr/lib/postgresql; 'apt-get install postgresql' brings it.");
    }
}
