using System.Security.Cryptography;
using PromptAD.Files;

namespace PromptAD.Tests.Store.Download;

/// <summary>Pulling a backbone: download, hash and import together, from a mirror on this machine.</summary>
public sealed class PullTests : IDisposable
{
    private const string Model = "ViT-B-16";
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"promptad-pull-{Guid.NewGuid():N}");

    [Fact]
    public async Task A_file_that_is_another_model_is_refused_and_leaves_no_backbone()
    {
        byte[] checkpoint = SmallCheckpoint();
        await using var server = new ScriptedServer(ScriptedServer.Serve(checkpoint));
        var store = new BackboneStore(folder);
        BackbonePullOptions options = Options(server, Hash(checkpoint));
        PromptADException error = await Assert.ThrowsAsync<PromptADException>(() => store.PullAsync(Model, options));
        Assert.StartsWith("The checkpoint does not fit the configuration: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("visual.proj is missing", error.Details);
        Assert.Contains("something.else is not part of the configuration", error.Details);
        Assert.Empty(store.List());
    }

    [Fact]
    public async Task A_file_with_another_hash_is_refused_and_not_kept()
    {
        await using var server = new ScriptedServer(ScriptedServer.Serve(SmallCheckpoint()));
        var store = new BackboneStore(folder);
        BackbonePullOptions options = Options(server, new string('0', 64));
        PromptADException error = await Assert.ThrowsAsync<PromptADException>(() => store.PullAsync(Model, options));
        Assert.Contains(new string('0', 64), error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_mirror_must_give_the_published_file_unless_another_hash_is_named()
    {
        await using var server = new ScriptedServer(ScriptedServer.Serve(SmallCheckpoint()));
        var store = new BackboneStore(folder);
        PromptADException error = await Assert.ThrowsAsync<PromptADException>(() => store.PullAsync(Model, Options(server, sha256: null)));
        Assert.Contains("55e67d44", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_name_lists_what_can_be_pulled()
    {
        PromptADException error = await Assert.ThrowsAsync<PromptADException>(() => new BackboneStore(folder).PullAsync("ViT-Z-9"));
        Assert.Contains("ViT-B-16-plus-240", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static BackbonePullOptions Options(ScriptedServer server, string? sha256) =>
        new() { Address = new Uri(server.Address, "small.safetensors"), Sha256 = sha256 };

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] SmallCheckpoint()
    {
        using var stream = new MemoryStream();
        new SafetensorsLayout([new TensorEntry("something.else", ElementType.Float32, [2])]).Write(stream, _ => new float[] { 1, 2 });
        return stream.ToArray();
    }
}
