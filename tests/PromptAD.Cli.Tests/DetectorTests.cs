using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptAD.Cli.Tests;

public sealed class DetectorTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void Info_shows_what_a_detector_is_without_its_backbone()
    {
        Outcome outcome = Promptad.Run(Folder, InFolder("no-store"), "info", Workshop.Detector);
        Assert.Equal(Success, outcome.ExitCode);
        Assert.Equal("", outcome.Messages);
        Assert.Contains("object      metal nut\n", outcome.Output);
        Assert.Contains("backbone    tiny-generated (generated: its scores mean nothing)\n", outcome.Output);
        Assert.All(outcome.OutputLines, line => Assert.Matches(@"^[a-z]+ +\S", line));
        Assert.Contains("inspected   the whole picture\n", outcome.Output);
        Assert.Contains("memory      64 patches of 64 channels at 2 layers", outcome.Output); // 4 pictures of 4 x 4 patches
        Assert.Matches(@"ng +0\.\d{4} \(estimated: 1 % of good parts\)\n", outcome.Output);
        Assert.Contains("calibrated  0 further good pictures; 40 scores of pictures learned from", outcome.Output);
        Assert.Contains("checksum    as written\n", outcome.Output);
        Assert.Matches(@"file +\d+\.\d MB, sha256 [0-9a-f]{64}\n", outcome.Output);
    }

    [Fact]
    public void Info_says_the_same_to_programs()
    {
        DetectorFile.Change(Workshop.Detector, InFolder("d"), metadata =>
            metadata["training"]!["poses"] = new JsonObject { ["turn"] = 90, ["flips"] = true, ["most_rows"] = 50 });
        string text = Run(Success, "info", "d").Output;
        Assert.Contains("poses       turned by 90 degrees and mirrored: 7 views of each picture, at most 50 patches of it\n", text);
        using JsonDocument parsed = JsonDocument.Parse(Run(Success, "info", "d", "--format", "json").Output); // and nothing but JSON
        JsonElement info = parsed.RootElement;
        Assert.Equal("metal nut", info.GetProperty("object").GetString());
        Assert.Equal((4, 0), (info.GetProperty("shots").GetInt32(), info.GetProperty("seed").GetInt32()));
        Assert.Equal("tiny-generated", info.GetProperty("backbone").GetString());
        Assert.True(info.GetProperty("generated_backbone").GetBoolean());
        foreach (string absent in (string[])["mask", "tiles"]) Assert.Equal(JsonValueKind.Null, info.GetProperty(absent).ValueKind);
        JsonElement poses = info.GetProperty("poses");
        Assert.Equal((90, 50), (poses.GetProperty("turn").GetDouble(), poses.GetProperty("most_rows").GetInt32()));
        JsonElement memory = info.GetProperty("memory");
        Assert.Equal((64, 64), (memory.GetProperty("patches").GetInt32(), memory.GetProperty("channels").GetInt32()));
        JsonElement ng = info.GetProperty("limits").GetProperty("ng");
        Assert.Equal((0.01, "Estimated"), (ng.GetProperty("rate").GetDouble(), ng.GetProperty("basis").GetString()));
        Assert.Equal(40, info.GetProperty("shot_scores").GetInt32());
        Assert.Equal(new FileInfo(InFolder("d")).Length, info.GetProperty("bytes").GetInt64());
        Assert.EndsWith($"sha256 {info.GetProperty("sha256").GetString()}\n", text);
        Assert.Equal(5, info.GetProperty("training").GetProperty("optimizer").GetProperty("epochs").GetInt32());
    }

    [Theory]
    [InlineData("7")]
    [InlineData("""{"turn": 1e-9}""")]
    [InlineData("""{"turn": "often"}""")]
    [InlineData("null")]
    public void Info_takes_poses_that_cannot_be_for_none(string noted)
    {
        DetectorFile.Change(Workshop.Detector, InFolder("d"), metadata => metadata["training"]!["poses"] = JsonNode.Parse(noted));
        Assert.Contains("poses       none but that of the pictures\n", Run(Success, "info", "d").Output);
        Assert.Contains("\"poses\": null", Run(Success, "info", "d", "-f", "json").Output);
    }

    [Fact]
    public void Info_lets_no_terminal_codes_of_a_file_through()
    {
        DetectorFile.Change(Workshop.Detector, InFolder("codes"), metadata => metadata["object_name"] = "nut\e[31m\nseed 7");
        Assert.Contains("object      nut [31m seed 7\n", Run(Success, "info", "codes").Output);
    }

    [Fact]
    public void Info_says_that_a_file_of_an_earlier_version_has_no_checksum()
    {
        DetectorFile.Change(Workshop.Detector, InFolder("old"), _ => { });
        Assert.Contains("checksum    none (written by an earlier version)\n", Run(Success, "info", "old").Output);
        Run(Success, "threshold", "set", "old", "--review-rate", "6%");
        Assert.Contains("checksum    as written\n", Run(Success, "info", "old").Output);
    }

    [Fact]
    public void Refuses_files_that_are_no_detectors()
    {
        File.WriteAllBytes(InFolder("empty"), []);
        File.WriteAllBytes(InFolder("cut"), File.ReadAllBytes(Workshop.Detector)[..^100]);
        Assert.Contains("does not exist", Refuse(Failure, "info", "missing"));
        Assert.Contains("is a folder", Refuse(Failure, "info", Workshop.Good));
        Assert.Contains("'empty'", Refuse(Failure, "info", "empty"));
        byte[] changed = File.ReadAllBytes(Workshop.Detector);
        changed[^1] ^= 1;
        File.WriteAllBytes(InFolder("changed"), changed);
        Assert.Contains("'changed' is damaged: what it holds is not what was written", Refuse(Failure, "threshold", "show", "changed"));
        Assert.Contains("'cut'", Refuse(Failure, "predict", "cut", Workshop.Good));
        Assert.Contains("not a safetensors file", Refuse(Failure, "predict", Workshop.ConfigurationFile, Workshop.Good));
    }

    [Fact]
    public void Refuses_a_detector_of_a_newer_program_or_with_impossible_values()
    {
        Assert.Contains("Use a newer PromptAD", Changed(metadata => metadata["format"] = 8));
        Assert.Contains("is damaged", Changed(metadata => metadata["format"] = 0));
        Assert.Contains("is damaged", Changed(metadata => metadata["preprocessing"] = null));
        Assert.Contains("MapSize is 1000000", Changed(metadata => metadata["scoring"]!["map_size"] = 1_000_000));
        Assert.Contains("temperature", Changed(metadata => metadata.Remove("temperature")));
    }

    [Fact]
    public void Refuses_a_detector_made_with_another_backbone()
    {
        string error = Changed(metadata => metadata["backbone_hash"] = new string('0', 64));
        Assert.Contains("made with backbone 'tiny-generated' (hash 000000000000)", error);
        Assert.Contains("the store's 'tiny-generated' is another one", error);
        Assert.Contains("has none with that hash", Refuse(Failure, "predict", Workshop.Detector, Workshop.Good, "--store", "other"));
    }

    private string Changed(Action<JsonObject> change)
    {
        DetectorFile.Change(Workshop.Detector, InFolder("changed"), change);
        return Refuse(Failure, "predict", "changed", Workshop.Good);
    }
}
