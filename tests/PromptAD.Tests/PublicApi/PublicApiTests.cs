namespace PromptAD.Tests.PublicApi;

public sealed class PublicApiTests
{
    [Fact]
    public void Is_what_was_approved() => ApprovedApi.Check(typeof(AnomalyDetector).Assembly);
}
