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
        Assert.Contains("Use a newer PromptAD", Changed(metadata => metadata["format"] = 4));
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
