using System.Text.Json.Nodes;
using CsCheck;

namespace PromptAD.Tests.Store;

public sealed class BackboneManifestTests : StoreTest
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    private readonly string path;

    public BackboneManifestTests() => path = Path.Combine(Generate("tiny").Folder, "backbone.json");

    [Theory]
    [InlineData("format", "0")]
    [InlineData("format", "\"1\"")]
    [InlineData("id", "null")]
    [InlineData("hash", "null")]
    [InlineData("hash", "\"\"")]
    [InlineData("hash", "\"76aee947\"")]
    [InlineData("configuration", "null")]
    [InlineData("configuration", "{}")]
    [InlineData("configuration", "[]")]
    [InlineData("source", "null")]
    [InlineData("source", """ "\ud800" """)]
    [InlineData("created", "\"yesterday\"")]
    [InlineData("files", "null")]
    [InlineData("files", "{}")]
    [InlineData("files", "[]")]
    public void Refuses_fields_that_cannot_be(string field, string json)
    {
        Change(manifest => manifest[field] = "replaced");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"replaced\"", json, StringComparison.Ordinal));
        CheckRefused();
    }

    [Theory]
    [InlineData("../escaped.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Refuses_files_outside_the_folder(string name)
    {
        Change(manifest => manifest["files"]![name] = manifest["files"]!["vision.onnx"]!.DeepClone());
        CheckRefused();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"size\": -1, \"sha256\": \"" + Zeros + "\"}")]
    [InlineData("{\"size\": 9223372036854775807, \"sha256\": \"" + Zeros + "\"}")]
    [InlineData("{\"sha256\": \"" + Zeros + "\"}")]
    [InlineData("{\"size\": 1, \"sha256\": null}")]
    [InlineData("{\"size\": 1, \"sha256\": \"xyz\"}")]
    [InlineData("{\"size\": 1}")]
    public void Refuses_sizes_and_hashes_that_cannot_be(string json)
    {
        Change(manifest => manifest["files"]!["vision.onnx"] = JsonNode.Parse(json));
        CheckRefused();
    }

    [Fact]
    public void Refuses_a_newer_format_by_asking_for_a_newer_program()
    {
        Change(manifest => manifest["format"] = 3);
        Assert.Contains("Use a newer PromptAD", Refused(() => Store.Info("tiny")).Message);
    }

    [Fact]
    public void Refuses_a_kind_that_is_not_known_by_asking_for_a_newer_program()
    {
        Change(manifest => manifest["kind"] = "siglip");
        Assert.EndsWith("is of the kind 'siglip', which is not known. Use a newer PromptAD.", Refused(() => Store.Info("tiny")).Message);
    }

    [Fact]
    public void A_manifest_that_names_no_kind_is_a_CLIPs()
    {
        Change(manifest => manifest.Remove("kind"));
        using Backbone backbone = Store.Open("tiny");
        Assert.True(backbone.HasTextTower);
    }

    [Fact]
    public void Refuses_a_kind_whose_files_or_configuration_are_others()
    {
        Change(manifest => manifest["kind"] = "dino");
        CheckRefused();
    }

    [Fact]
    public void Refuses_a_manifest_of_megabytes_without_reading_it()
    {
        using (FileStream stream = File.OpenWrite(path)) stream.SetLength(2_000_000);
        Assert.Contains("it is too long", Refused(() => Store.Info("tiny")).Message);
    }

    [Fact]
    public void Any_damage_is_an_error_of_one_line_or_no_error()
    {
        byte[] whole = File.ReadAllBytes(path);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool).Sample((place, value, cut) =>
        {
            byte[] bytes = cut ? whole[..place] : whole[..];
            if (!cut) bytes[place] = value;
            string folder = Directory.CreateDirectory(InFolder($"store/{Guid.NewGuid():N}")).FullName;
            File.WriteAllBytes(Path.Combine(folder, "backbone.json"), bytes);
            try
            {
                Store.Info(Path.GetFileName(folder));
            }
            catch (PromptADException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }, iter: 300);
    }

    private void Change(Action<JsonObject> change)
    {
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(manifest);
        File.WriteAllText(path, manifest.ToJsonString());
    }

    private void CheckRefused()
    {
        Refused(() => Store.Info("tiny"));
        Refused(() => Store.Open("tiny").Dispose());
        Assert.Empty(Store.List());
    }
}
