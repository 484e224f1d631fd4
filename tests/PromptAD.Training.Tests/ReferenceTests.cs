using PromptAD.Files;
using PromptAD.Training.Verification;
using PromptAD.Verification;

namespace PromptAD.Training.Tests;

public sealed class ReferenceTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("model-tiny.safetensors")]
    [InlineData("maps.safetensors")]
    public void Recomputes_every_tensor_of_a_reference(string name) => VerifyAll(name);

    [Fact]
    [Trait("Category", "Big")]
    public void Recomputes_the_reference_of_the_papers_backbone() => VerifyAll("model-vit-b-16-plus-240.safetensors");

    [Fact]
    public void Reports_a_tensor_that_differs()
    {
        // One value of a reference is changed by more than its tolerance: the check must see it, and only there.
        string damaged = Path.Combine(Path.GetTempPath(), $"promptad-reference-{Guid.NewGuid():N}.safetensors");
        try
        {
            using (SafetensorsFile file = SafetensorsFile.Open(Fixture("maps.safetensors")))
            {
                var layout = new SafetensorsLayout([.. file.Tensors.Values]);
                AtomicFile.Write(damaged, stream => layout.Write(stream, entry =>
                {
                    float[] values = file.ReadFloats(entry.Name);
                    if (entry.Name == "15.400.fused") values[7] += 2e-5f;
                    return values;
                }));
            }
            var failed = new List<string>();
            Reference.Verify(damaged, check => { if (!check.Holds) failed.Add(check.Name); }, default);
            Assert.Equal(["15.400.fused"], failed);
        }
        finally
        {
            File.Delete(damaged);
        }
    }

    [Fact]
    public void A_difference_that_is_not_a_number_never_holds() =>
        Assert.False(TensorCheck.Absolute("x", [float.NaN, 1], [0, 1], 1e9).Holds);

    private void VerifyAll(string name)
    {
        var checks = new List<TensorCheck>();
        Reference.Verify(Fixture(name), checks.Add, default);
        foreach (TensorCheck check in checks) output.WriteLine($"{check.Name,-32} {check.Difference:E2} of {check.Tolerance:E2}");
        Assert.All(checks, check => Assert.True(
            check.Holds, $"{check.Name} differs by {check.Difference:E2}, allowed {check.Tolerance:E2}"));
        using SafetensorsFile file = SafetensorsFile.Open(Fixture(name));
        Assert.Equal(file.Tensors.Keys.Order(), checks.Select(check => check.Name).Order()); // none left out
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
}
