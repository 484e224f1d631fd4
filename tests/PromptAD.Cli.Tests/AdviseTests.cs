using System.Text.Json;

namespace PromptAD.Cli.Tests;

public sealed class AdviseTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void Names_pictures_options_and_a_command_and_says_that_it_estimates()
    {
        Outcome outcome = Run(Success, "advise", Workshop.Good, "--object", "metal nut", "--shots", "1,2");
        Assert.Contains("WHICH PICTURES TO LEARN FROM", outcome.Output);
        Assert.Contains("--poses quarter", outcome.Output);
        Assert.Contains("--tiles 2x2", outcome.Output);
        Assert.Contains("This is an estimate.", outcome.Output);
        Assert.Contains("trying options takes about ", outcome.Messages);
        string command = Assert.Single(outcome.OutputLines, line => line.StartsWith("  promptad train ", StringComparison.Ordinal));
        Assert.Contains("--object 'metal nut'", command);
        Assert.Empty(FilesLeft);
    }

    [Fact]
    public void Writes_json_to_a_file_and_csv_to_standard_output()
    {
        string[] plain = ["advise", Workshop.Good, "--options", "none", "--shots", "1", "--seed", "7", "--pixel-limit", "90000"];
        Assert.Equal("", Run(Success, [.. plain, "--format", "json", "--output", "advice.json"]).Output);
        using JsonDocument advice = JsonDocument.Parse(File.ReadAllText(InFolder("advice.json")));
        byte[] written = File.ReadAllBytes(InFolder("advice.json"));
        Assert.Equal(
            "'advice.json' is there already; give another name, or --force to replace it.", Refuse(Failure, [.. plain, "-o", "advice.json"]));
        Assert.Equal(written, File.ReadAllBytes(InFolder("advice.json")));
        Run(Success, [.. plain, "-o", "advice.json", "--force"]);
        Assert.StartsWith("WHICH PICTURES", File.ReadAllText(InFolder("advice.json")));
        Assert.StartsWith("This is an estimate.", advice.RootElement.GetProperty("note").GetString());
        Assert.Equal("1 picture", advice.RootElement.GetProperty("recommended").GetString());
        Assert.Contains(" --seed 7 --pixel-limit 90000 ", advice.RootElement.GetProperty("command").GetString());
        Assert.Equal(1, advice.RootElement.GetProperty("tried").GetArrayLength());
        string[] lines = Run(Success, [.. plain, "--format", "csv"]).OutputLines;
        Assert.StartsWith("tried,shots,recommended,image_auroc", lines[0]);
        Assert.Equal(lines[0].Split(',').Length, Assert.Single(lines[1..]).Split(',').Length);
    }

    [Fact]
    public void Refuses_what_it_cannot_work_with_in_one_line()
    {
        string broken = InFolder("broken.png");
        File.WriteAllText(broken, "no picture");
        string[] good = [.. Enumerable.Range(0, 4).Select(i => Path.Combine(Workshop.Good, $"{i}.png"))];
        Assert.StartsWith("There are 3 pictures of good parts; advice needs at least 4", Refuse(Failure, ["advise", .. good[..3]]));
        Assert.Contains(broken, Refuse(Failure, ["advise", .. good, broken]));
        Assert.StartsWith("The folder", Refuse(Failure, "advise", Directory.CreateDirectory(InFolder("empty")).FullName));
        Assert.StartsWith("--options is 'bogus'", Refuse(Failure, ["advise", .. good, "--options", "bogus"]));
        Assert.StartsWith("--options is 'none,poses'", Refuse(Failure, ["advise", .. good, "--options", "none,poses"]));
        Assert.StartsWith("The folder 'missing' does not exist", Refuse(Failure, "advise", "missing"));
        Assert.StartsWith("--most must lie between 4 and 200", Refuse(Usage, ["advise", .. good, "--most", "3"]));
        Assert.StartsWith("--shots holds 'x'", Refuse(Failure, ["advise", .. good, "--shots", "x"]));
        Assert.Contains("is a folder; give the advice a file name", Refuse(Failure, ["advise", .. good, "--output", Folder]));
    }

    [Fact]
    public void Takes_the_bits_of_deep_pictures_and_passes_them_on()
    {
        Directory.CreateDirectory(InFolder("good"));
        for (int i = 0; i < 4; i++) Pictures.SaveDeepTiff(InFolder($"good/{i}.tif"), bits: 12, seed: i);
        string[] advise = ["advise", "good", "--options", "none", "--shots", "1"];
        Assert.Contains("beyond the 1023 of the 10 significant bits", Refuse(Failure, [.. advise, "--bits", "10"]));
        Outcome outcome = Run(Success, [.. advise, "--bits", "14"]);
        Assert.Contains(" --bits 14 ", Assert.Single(outcome.OutputLines, line => line.StartsWith("  promptad train ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ctrl_C_stops_it_and_leaves_nothing()
    {
        await StopAsync("Trying", "advise", Workshop.Good, "--output", "advice.txt");
        Assert.Empty(FilesLeft);
    }
}
