using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PromptAD.Cli.Tests;

/// <summary>Small inputs from the field that failed once, in <c>shared/cases</c>, judged by the demo's detector.</summary>
public sealed class FieldCaseTests(FieldCases cases, Workshop workshop) : CommandTest(workshop), IClassFixture<FieldCases>
{
    [Fact]
    public void Twelve_bits_in_sixteen_find_the_same_defects()
    {
        (string twelveLimit, string[] twelve) = Find("mono12-in-16");
        (string limit, string[] verdicts) = Find("full16");
        Assert.Equal(verdicts, twelve);
        Assert.Contains("OK", verdicts);
        Assert.InRange(verdicts.Count(verdict => verdict != "OK"), 2, 5);
        // Twelve bits are rounded otherwise than sixteen when they become eight.
        Assert.Equal(double.Parse(limit, CultureInfo.InvariantCulture), double.Parse(twelveLimit, CultureInfo.InvariantCulture), 0.001);

        (string Limit, string[] Verdicts) Find(string pictures)
        {
            string detector = InFolder($"{pictures}.promptad"), folder = FieldCases.Folder("bit12", pictures);
            Outcome trained = RunPlain(
                Success, "train", "--good", Path.Combine(folder, "train"), "--object", "chequer plate", "--text-weight", "0.25", "-o", detector);
            Match review = Regex.Match(trained.Messages, @"REVIEW above (0\.\d+) \(estimated");
            Assert.True(review.Success, trained.Messages);
            return (review.Groups[1].Value, Verdicts(detector, Path.Combine(folder, "test")));
        }
    }

    [Theory]
    [InlineData("tif-garbage")]
    [InlineData("jpg-cut")]
    public void A_damaged_test_picture_is_left_out_and_named(string name)
    {
        Outcome outcome = RunPlain(Partial, "evaluate", cases.Detector, "--dataset", FieldCases.Folder("damaged-test-picture", name));
        Assert.Contains("1 test picture could not be judged and is left out", outcome.Messages);
        Assert.Contains("AUROC", outcome.Output);
    }

    [Theory]
    [InlineData("hidden-files", 3)]
    [InlineData("nas-thumbnails", 3)]
    [InlineData("passed-over-formats", 3)]
    public void A_folder_means_its_pictures(string name, int pictures)
    {
        string folder = FieldCases.Folder(name, "in");
        Outcome outcome = RunPlain(Success, "predict", cases.Detector, folder, "-f", "csv");
        Assert.Equal(1 + pictures, outcome.OutputLines.Length);
        Assert.Contains("Left out of", outcome.Messages);
        if (name == "passed-over-formats") Assert.Contains(".pgm", outcome.Messages);
        Outcome trained = RunPlain(Success, "train", "--good", folder, "--object", "plate", "--epochs", "1", "-o", InFolder("x.promptad"));
        Assert.Contains("from 3 pictures", trained.Messages);
        Assert.Contains("Left out of", trained.Messages);
    }

    [Fact]
    public void Masks_in_jpeg_are_cut_at_half()
    {
        JsonElement sharp = Evaluate(FieldCases.Folder("jpeg-masks", "reference-png")), blurred = Evaluate(FieldCases.Folder("jpeg-masks", "jpeg75"));
        Assert.InRange(sharp.GetProperty("pixel_auroc").GetDouble(), 0.98, 0.9999);
        AssertNear("pixel_auroc", 0.00005);
        AssertNear("pixel_average_precision", 0.0005);
        AssertNear("aupro_30", 0.0005);

        void AssertNear(string figure, double tolerance) =>
            Assert.Equal(sharp.GetProperty(figure).GetDouble(), blurred.GetProperty(figure).GetDouble(), tolerance);
    }

    [Fact]
    public void A_name_of_219_bytes_gets_its_pictures()
    {
        string name = new('L', 215), folder = Directory.CreateDirectory(InFolder("in")).FullName;
        File.Copy(Path.Combine(FieldCases.Folder("long-name"), "000.jpg"), Path.Combine(folder, $"{name}.jpg"));
        Outcome outcome = RunPlain(Success, "predict", cases.Detector, folder, "-o", InFolder("out"), "-f", "csv");
        Assert.Contains("NG", outcome.OutputLines[1]);
        Assert.Contains($"out/{name}.overlay.png", FilesLeft);
    }

    [Fact]
    public void A_verdict_outlives_its_overlay()
    {
        Directory.CreateDirectory(InFolder("out/000.overlay.png"));
        Outcome outcome = RunPlain(
            Partial, "predict", cases.Detector, Path.Combine(FieldCases.Folder("verdict-lost"), "000.jpg"), "-o", InFolder("out"), "-f", "csv");
        Assert.Matches(@",NG,0\.\d{3}", outcome.Output);
    }

    [Theory]
    [InlineData("bom.json")]
    [InlineData("excel-sep.csv")]
    [InlineData("tabs.csv")]
    [InlineData("umlaut-windows1252.csv")]
    [InlineData("anomalib.csv")]
    [InlineData("label-abnormal.csv")]
    public void Manifests_of_other_programs_are_read(string name)
    {
        JsonElement run = Evaluate(Path.Combine(FieldCases.Folder("manifests"), name)), plain = Evaluate(Path.Combine(FieldCases.Folder("manifests"), "plain.csv"));
        Assert.Equal(Count(plain, "good"), Count(run, "good"));
        Assert.Equal(Count(plain, "defective"), Count(run, "defective"));
        Assert.Equal(plain.GetProperty("image_auroc").GetDouble(), run.GetProperty("image_auroc").GetDouble());
    }

    [Fact]
    public void Deeper_folders_hold_defects_too() =>
        Assert.Equal(5, Count(Evaluate(FieldCases.Folder("nested-folders")), "defective"));

    [Fact]
    public void An_orientation_in_a_png_counts()
    {
        Outcome outcome = RunPlain(Success, "predict", cases.Detector, FieldCases.Folder("png-exif"), "-f", "json");
        using JsonDocument document = JsonDocument.Parse(outcome.Output);
        JsonElement[] pictures = [.. document.RootElement.EnumerateArray()];
        Assert.Equal(3, pictures.Length);
        Assert.All(pictures, one => Assert.Equal((40, 52), (one.GetProperty("width").GetInt32(), one.GetProperty("height").GetInt32())));
    }

    [Theory]
    [InlineData("tif-masks")]
    [InlineData("tif-named-png")]
    public void Masks_and_wrong_names_go_through_the_decoder_of_pictures(string name) =>
        Assert.InRange(Evaluate(FieldCases.Folder(name)).GetProperty("pixel_auroc").GetDouble(), 0.9, 1);

    [Theory]
    [InlineData("tif")]
    [InlineData("png")]
    public void A_mask_of_another_shape_is_refused(string name)
    {
        Outcome outcome = RunPlain(Failure, "evaluate", cases.Detector, "--dataset", FieldCases.Folder("tif-pictures-mask-shape", name));
        Assert.Contains("shape", outcome.Messages);
    }

    private static int Count(JsonElement run, string kind) =>
        ((string[])["ok", "review", "ng"]).Sum(verdict => run.GetProperty($"{kind}_{verdict}").GetInt32());

    private JsonElement Evaluate(string dataset)
    {
        Outcome outcome = RunPlain(Success, "evaluate", cases.Detector, "--dataset", dataset, "-f", "json");
        using JsonDocument document = JsonDocument.Parse(outcome.Output);
        return document.RootElement.GetProperty("rows")[0].Clone();
    }

    private string[] Verdicts(string detector, string folder)
    {
        using JsonDocument document = JsonDocument.Parse(RunPlain(Success, "predict", detector, folder, "-f", "json").Output);
        return [.. document.RootElement.EnumerateArray().Select(one => one.GetProperty("verdict").GetString()!)];
    }

    /// <summary>With the embedded backbone, which every store has.</summary>
    private Outcome RunPlain(int exitCode, params string[] arguments) => RunWith(cases.Store, exitCode, arguments);
}

/// <summary>Where the cases lie, and the detector of the demo.</summary>
public sealed class FieldCases : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("promptad-cases-").FullName;
    private readonly Lazy<string> detector;

    public FieldCases() => detector = new Lazy<string>(() =>
    {
        Outcome outcome = Promptad.Run(folder, Store, "demo", "-o", "demo");
        if (outcome.ExitCode != 0) throw new InvalidOperationException(outcome.Messages);
        return Path.Combine(folder, "demo", "chequer-plate.promptad");
    });

    /// <summary>An empty store, so that the embedded backbone is used.</summary>
    public string Store => Path.Combine(folder, "store");

    /// <summary>The demo's detector.</summary>
    public string Detector => detector.Value;

    /// <summary>A case's folder, or one in it.</summary>
    public static string Folder(params string[] parts)
    {
        for (string? above = AppContext.BaseDirectory; above is not null; above = Path.GetDirectoryName(above))
        {
            string all = Path.Combine(above, "shared", "cases");
            if (Directory.Exists(all)) return Path.Combine([all, .. parts]);
        }
        Assert.Skip($"The cases are in no 'shared/cases' folder above {AppContext.BaseDirectory}.");
        return "";
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
