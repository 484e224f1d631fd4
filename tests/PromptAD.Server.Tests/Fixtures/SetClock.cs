namespace PromptAD.Server.Tests.Fixtures;

/// <summary>A clock on the wall that jumps when it is told to; time that passes goes on as ever.</summary>
internal sealed class SetClock : TimeProvider
{
    private TimeSpan ahead;

    public void Move(TimeSpan by) => ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
}
