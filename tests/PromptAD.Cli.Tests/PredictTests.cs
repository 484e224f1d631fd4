using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SkiaSharp;

namespace PromptAD.Cli.Tests;

public sealed class PredictTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void A_table_has_a_row_for_each_picture_and_its_scores()
    {
        Outcome outcome = Run(Success, "predict", Workshop.Detector, Workshop.Good);
        Assert.Equal(Workshop.GoodPictures, outcome.OutputLines.Count(line => line.Contains(".png", StringComparison.Ordinal)));
        Assert.Matches(@"5\.png +(OK|REVIEW|NG)( \?)? +0\.\d{4} +0\.\d{4} +0\.\d{4} +0\.\d{4} +\d+, \d+ +\d+", outcome.Output);
        Assert.Matches(@"^OK \d, REVIEW \d, NG \d\r?$", outcome.OutputLines.Single(line => line.StartsWith("OK ", StringComparison.Ordinal)));
        Assert.Empty(FilesLeft);
    }

    [Fact]
    public void Leaves_nothing_in_the_users_folder_such_as_usage_events()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "HOME is the user's folder on Linux.");
        Run(Success, "predict", Workshop.Detector, Workshop.Good);
        Assert.False(Directory.Exists(Promptad.HomeBeside(Workshop.Store)));
    }

    [Fact]
    public void A_provider_that_is_not_there_is_told_of_once()
    {
        string error = Refuse(Failure, "predict", Workshop.Detector, Workshop.Good, "--provider", "openvino");
        Assert.Contains("Provider 'openvino' is not in the ONNX Runtime", error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public void Json_and_maps_agree_and_overlays_are_pictures_of_the_pictures_size()
    {
        Outcome outcome = Run(Success, "predict", Workshop.Detector, Workshop.Good, "-f", "json", "--output", "results", "--maps", "npy");
        using JsonDocument results = JsonDocument.Parse(outcome.Output); // and nothing but JSON
        Assert.Equal(Workshop.GoodPictures, results.RootElement.GetArrayLength());
        foreach (JsonElement result in results.RootElement.EnumerateArray())
        {
            float[] map = ReadNpy(InFolder(result.GetProperty("map").GetString()!));
            Assert.Equal(400 * 400, map.Length);
            Assert.Equal(map.Max(), result.GetProperty("peak").GetProperty("value").GetSingle());
            Assert.InRange(result.GetProperty("peak").GetProperty("x").GetInt32(), 0, 79);
            Assert.InRange(result.GetProperty("peak").GetProperty("y").GetInt32(), 0, 59);
            (float score, float text, float visual) = (Score(result, "score"), Score(result, "text_score"), Score(result, "visual_score"));
            Assert.Equal(1 / ((1 / text) + (1 / visual)), score, 1e-6f);
            Assert.True(result.GetProperty("milliseconds").GetProperty("total").GetDouble() > 0);
            using SKBitmap overlay = SKBitmap.Decode(InFolder(result.GetProperty("overlay").GetString()!));
            Assert.Equal((80, 60), (overlay.Width, overlay.Height));
        }
    }

    [Fact]
    public void The_four_pictures_that_were_learned_from_score_near_0_and_the_others_higher()
    {
        using JsonDocument results = JsonDocument.Parse(Run(Success, "predict", Workshop.Detector, Workshop.Good, "-f", "json").Output);
        float[] visual = [.. results.RootElement.EnumerateArray().Select(result => Score(result, "visual_score")).Order()];
        Assert.All(visual[..4], score => Assert.InRange(score, 0, 1e-6f));
        Assert.All(visual[4..], score => Assert.InRange(score, 1e-4f, 1));
    }

    [Fact]
    public void Csv_has_a_header_and_quotes_odd_names()
    {
        string name = "a, \"b\" [red]é.png";
        File.Copy(Path.Combine(Workshop.Good, "0.png"), InFolder(name));
        Outcome outcome = Run(Success, "predict", Workshop.Detector, name, Path.Combine(Workshop.Good, "1.png"), "--format", "CSV");
        Assert.Equal(3, outcome.OutputLines.Length);
        Assert.Equal("path,verdict,score,normalized_score,text_score,visual_score,peak,peak_x,peak_y,regions,boxes,milliseconds,overlay,map,error,areas,peaks,means,outlines,unfamiliar", outcome.OutputLines[0]);
        Assert.StartsWith("\"a, \"\"b\"\" [red]é.png\",", outcome.OutputLines[1]);
        string[] cells = outcome.OutputLines[2].Split(',');
        Assert.Equal(20, cells.Length);
        Assert.All(cells[2..7], cell => Assert.InRange(float.Parse(cell), 0, 1));
        Assert.Equal(["", "", ""], cells[12..15]);
    }

    [Fact]
    public void Maps_are_16_bit_grey_png_unless_asked_otherwise()
    {
        string picture = Path.Combine(Workshop.Good, "2.png");
        Run(Success, "predict", Workshop.Detector, picture, "--output", "results");
        Assert.Equal(["results/2.map.png", "results/2.overlay.png"], FilesLeft);
        byte[] png = File.ReadAllBytes(InFolder("results/2.map.png"));
        Assert.Equal([16, 0], png[24..26]); // bits a sample, grey
        using (SKBitmap decoded = SKBitmap.Decode(png)) Assert.Equal((400, 400), (decoded.Width, decoded.Height));

        Run(Success, "predict", Workshop.Detector, picture, "--output", "only-overlays", "--maps", "none", "--scale", "0.2");
        Assert.Equal(["only-overlays/2.overlay.png"], FilesLeft[..1]);
    }

    [Fact]
    public void Files_folders_and_patterns_name_each_picture_once_and_results_keep_apart()
    {
        Pictures.SavePng(InFolder("a/x.png"), 30, 30, seed: 1);
        Pictures.SavePng(InFolder("a/x.webp"), 30, 30, seed: 1); // the content says what it is, not the extension
        Pictures.SavePng(InFolder("b/deep/x.png"), 30, 30, seed: 2);
        File.WriteAllText(InFolder("b/notes.txt"), "");
        string[] given = ["a/x.png", "b", "**/*.png", "a/*.webp"];
        Outcome outcome = Run(Success, ["predict", Workshop.Detector, .. given, "--output", "out", "--maps", "none", "--format", "csv"]);
        Assert.Equal(["a/x.png", "b/deep/x.png", "a/x.webp"], outcome.OutputLines[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(
            ["out/a/x.png.overlay.png", "out/a/x.webp.overlay.png", "out/b/deep/x.overlay.png"],
            FilesLeft.Where(file => file.StartsWith("out", StringComparison.Ordinal)));
    }

    [Fact]
    public void Refuses_pictures_that_are_not_there_and_outputs_that_cannot_be()
    {
        Directory.CreateDirectory(InFolder("empty"));
        File.WriteAllText(InFolder("file"), "");
        Assert.Contains("holds no pictures", Refuse(Failure, "predict", Workshop.Detector, "empty"));
        Assert.Contains("No picture matches", Refuse(Failure, "predict", Workshop.Detector, "missing/*.png"));
        Assert.Contains("'file'", Refuse(Failure, "predict", Workshop.Detector, Workshop.Good, "--output", "file"));
        Assert.Contains("'file/deeper'", Refuse(Failure, "predict", Workshop.Detector, Workshop.Good, "--output", "file/deeper"));
        Assert.Equal(["file"], FilesLeft);
    }

    [Fact]
    public void A_verdict_is_kept_where_its_overlay_cannot_be_written()
    {
        Directory.CreateDirectory(InFolder("out/1.overlay.png"));
        Outcome outcome = Run(Partial, "predict", Workshop.Detector, Workshop.Good, "--output", "out", "--format", "csv");
        Assert.Equal("error: 1 picture judged, but not all of the results written:", outcome.MessageLines[^2]);
        Assert.Contains("1.overlay.png", outcome.MessageLines[^1]);
        string[] row = outcome.OutputLines.Single(line => line.Contains("1.png,", StringComparison.Ordinal)).Split(',');
        Assert.Matches("^(OK|REVIEW|NG)$", row[1]);
        Assert.InRange(float.Parse(row[2]), 0, 1);
        Assert.Equal(["", "out/1.map.png"], row[12..14]);
        Assert.Contains("1.overlay.png", row[14]);
        Assert.Equal(11, FilesLeft.Length); // 5 overlays and 6 maps
    }

    [Fact]
    public void Results_have_names_as_long_as_the_file_system_takes()
    {
        string name = new('L', 255 - ".overlay.png".Length);
        File.Copy(Path.Combine(Workshop.Good, "1.png"), InFolder($"{name}.png"));
        Run(Success, "predict", Workshop.Detector, $"{name}.png", "--output", "out");
        Assert.Equal([$"out/{name}.map.png", $"out/{name}.overlay.png"], FilesLeft[1..]);
    }

    [Fact]
    public void A_script_learns_of_verdicts_by_the_exit_code()
    {
        File.Copy(Workshop.Detector, InFolder("d"));
        Run(Success, "threshold", "set", "d", "--review-score", "0.000001", "--ng-score", "0.999999");
        string[] predict = ["predict", "d", Workshop.Good];
        Run(Success, [.. predict, "--fail-on", "ng"]);
        Outcome outcome = Promptad.Run(Folder, Workshop.Store, [.. predict, "--fail-on", "review"]);
        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("OK 4, REVIEW 2, NG 0", outcome.OutputLines); // four were learned from
        Assert.DoesNotContain("error", outcome.Messages); // nothing went wrong
    }

    [Fact]
    public void Recognises_the_detector_behind_the_pictures()
    {
        string error = Refuse(Failure, "predict", Workshop.Good, Workshop.Detector);
        Assert.Equal($"The detector comes first and the pictures after it: promptad predict {Workshop.Detector} {Workshop.Good}", error);
    }

    private static float Score(JsonElement result, string name) => result.GetProperty(name).GetSingle();

    private static float[] ReadNpy(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int header = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        Assert.Contains("'descr': '<f4'", Encoding.ASCII.GetString(bytes, 10, header));
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + header)).ToArray();
    }
}
