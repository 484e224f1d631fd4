using System.Text.Json.Nodes;
using PromptAD.Files;
using PromptAD.Training.Verification;
using PromptAD.Verification;

namespace PromptAD.Training.Tests;

/// <summary>What Meta's published program gives, recomputed.</summary>
public sealed class DinoReferenceTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-tests-").FullName;

    [Theory]
    [InlineData("dinov2-tiny.safetensors")]
    [InlineData("dinov2-registers-tiny.safetensors")]
    [InlineData("dinov2-swiglu-tiny.safetensors")]
    public void Recomputes_every_tensor_of_a_reference(string name)
    {
        string path = Fixture(name);
        List<TensorCheck> checks = Verify(path);
        foreach (TensorCheck check in checks) output.WriteLine($"{check.Name,-24} {check.Difference:E2} of {check.Tolerance:E2}");
        Assert.All(checks, check => Assert.True(
            check.Holds, $"{check.Name} differs by {check.Difference:E2}, allowed {check.Tolerance:E2}"));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(file.Tensors.Keys.Order(), checks.Select(check => check.Name).Order()); // none left out
    }

    [Fact]
    public void Another_configuration_does_not_hold()
    {
        string changed = Rewrite(Fixture("dinov2-tiny.safetensors"), configuration => configuration["interpolate_offset"] = 0);
        List<TensorCheck> checks = Verify(changed);
        Assert.False(checks.Single(check => check.Name == "pos_embed.resized").Holds);
        Assert.False(checks.Single(check => check.Name == "final.patches").Holds);
    }

    [Fact]
    public void One_changed_value_fails_and_nothing_else()
    {
        string changed = Rewrite(Fixture("dinov2-registers-tiny.safetensors"), changeValue: "block3.cls");
        Assert.Equal(["block3.cls"], Verify(changed).Where(check => !check.Holds).Select(check => check.Name));
    }

    [Theory]
    [InlineData("input_size", "100", "'patch' is 14 and does not divide 'input_size', which is 100")]
    [InlineData("ffn", "\"relu\"", "'ffn' is \"relu\"; it must be \"mlp\" or \"swiglufused\"")]
    [InlineData("layers", "2", "block3")]
    public void A_configuration_that_cannot_be_is_told_in_one_line(string field, string json, string message)
    {
        string changed = Rewrite(Fixture("dinov2-tiny.safetensors"), configuration => configuration[field] = JsonNode.Parse(json));
        PromptADException error = Assert.Throws<PromptADException>(() => Verify(changed));
        Assert.Contains(message, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static List<TensorCheck> Verify(string path)
    {
        var checks = new List<TensorCheck>();
        Reference.Verify(path, checks.Add, default);
        return checks;
    }

    /// <summary>A copy of a reference with another configuration or one other value.</summary>
    private string Rewrite(string path, Action<JsonObject>? change = null, string? changeValue = null)
    {
        string copy = Path.Combine(folder, "changed.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        JsonObject configuration = JsonNode.Parse(file.Metadata["configuration"])!.AsObject();
        change?.Invoke(configuration);
        var metadata = new Dictionary<string, string> { ["configuration"] = configuration.ToJsonString() };
        var layout = new SafetensorsLayout([.. file.Tensors.Values], metadata);
        AtomicFile.Write(copy, stream => layout.Write(stream, entry =>
        {
            float[] values = file.ReadFloats(entry.Name);
            if (entry.Name == changeValue) values[7] += 0.01f;
            return values;
        }));
        return copy;
    }

    private static string Fixture(string name)
    {
        string path = Path.Combine(SharedFolder.Find(), "fixtures", "dino", name);
        Assert.SkipUnless(File.Exists(path), $"The reference '{path}' is not there.");
        return path;
    }
}
