namespace PromptAD.Server.Tests.Fixtures;

/// <summary>A clock on the wall that jumps when it is told to, either way; time that passes goes on as ever unless some is let pass.</summary>
internal sealed class SetClock : TimeProvider
{
    private TimeSpan ahead, passed;

    /// <summary>Puts the clock on the wall ahead, or back.</summary>
    public void Move(TimeSpan by) => ahead += by;

    /// <summary>Lets time pass, for the clock on the wall as well.</summary>
    public void Pass(TimeSpan time) => passed += time;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead + passed;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(passed.TotalSeconds * System.TimestampFrequency);
}
