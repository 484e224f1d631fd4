namespace PromptAD.Evaluation.Tests.Protocols;

public sealed class MethodTests
{
    [Fact]
    public void Knows_every_method_by_its_name()
    {
        Assert.All(EvaluationMethod.All, method => Assert.Same(method, EvaluationMethod.Parse(method.Name)));
        Assert.Equal(EvaluationMethod.All.Count, EvaluationMethod.All.Select(method => method.Name).Distinct().Count());
    }

    [Fact]
    public void Leaves_the_memory_out_of_any_method_with_words()
    {
        EvaluationMethod bare = EvaluationMethod.Parse("coop-no-memory");
        Assert.False(bare.HasMemory);
        Assert.Equal(EvaluationMethod.Coop.NoMemory, bare);
        Assert.Same(bare, bare.NoMemory);
    }

    [Theory]
    [InlineData("winclip-plus")]
    [InlineData("")]
    [InlineData("memory-no-memory")]
    public void Refuses_what_is_no_method(string name) => Assert.Throws<PromptADException>(() => EvaluationMethod.Parse(name));

    [Fact]
    public void Refuses_options_out_of_range()
    {
        Assert.Contains("No method", Error(new BenchmarkOptions { Methods = [] }), StringComparison.Ordinal);
        Assert.Contains("No number of shots", Error(new BenchmarkOptions { Shots = [] }), StringComparison.Ordinal);
        Assert.Contains("Shots is 0", Error(new BenchmarkOptions { Shots = [1, 0] }), StringComparison.Ordinal);
        Assert.Contains("Seeds is 0", Error(new BenchmarkOptions { Seeds = 0 }), StringComparison.Ordinal);
        Assert.Contains("Epochs is 0", Error(new BenchmarkOptions { Epochs = 0 }), StringComparison.Ordinal);
    }

    private static string Error(BenchmarkOptions options) => Assert.Throws<PromptADException>(() => options.Validated()).Message;
}
