using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace PromptAD.Cli.Tests;

public sealed class TrainTests(Workshop workshop) : CommandTest(workshop)
{
    private string[] Training => ["train", "--good", Workshop.Good, "--object", "metal nut", "--output", "out.promptad", "--epochs", "5"];

    [Fact]
    public void Writes_one_detector_and_says_what_it_learned_from()
    {
        Outcome outcome = Run(Success, [.. Training, "--shots", "2", "--defect", "scratch", "--defect", "{} with bent edge"]);
        Assert.Equal("", outcome.Output);
        Assert.Equal(["out.promptad"], FilesLeft);
        Assert.Contains("Learning from 2 of 6 pictures, drawn with seed 0: ", outcome.Messages);
        Assert.StartsWith("Learned 'metal nut' from 2 pictures with backbone tiny-generated", outcome.MessageLines[^1]);
        Assert.Contains(outcome.MessageLines, line => line.StartsWith("warning: the backbone was generated", StringComparison.Ordinal));

        string info = Run(Success, "info", "out.promptad").Output;
        Assert.Contains("{} with scratch, {} with bent edge", info);
        Assert.Contains("shots       2\n", info);
    }

    [Fact]
    public void What_the_limits_do_not_promise_is_said_at_once()
    {
        string messages = Run(Success, [.. Training, "--shots", "1"]).Messages;
        Assert.Contains("warning: the review limit is an estimate; for a guaranteed rate of 5 % calibrate with 19 good pictures", messages);
        Assert.Contains("warning: the estimate rests on variations of a single picture", messages);
    }

    [Fact]
    public void A_picture_that_is_given_again_counts_once_and_is_named()
    {
        foreach (string name in (string[])["a.png", "b.png", "c.png"])
            File.Copy(Path.Combine(Workshop.Good, name == "b.png" ? "1.png" : "0.png"), InFolder(name));
        string messages = Run(Success, "train", "--good", "a.png", "b.png", "c.png", "--object", "nut", "-o", "d", "--epochs", "1").Messages;
        Assert.Contains("warning: 1 of 3 pictures is the same as one before and does not count: c.png.", messages);
        Assert.Contains("from 2 pictures", messages);
        Assert.Contains("shots       2\n", Run(Success, "info", "d").Output);
    }

    [Fact]
    public void Bits_that_were_assumed_are_said_kept_and_asked_of_every_picture()
    {
        Pictures.SaveDeepTiff(InFolder("good.tif"), bits: 12, seed: 1);
        Pictures.SaveDeepTiff(InFolder("wide.tif"), bits: 14, seed: 2);
        string messages = Run(Success, "train", "--good", "good.tif", "--object", "nut", "-o", "d", "--epochs", "1").Messages;
        Assert.Contains("warning: the good pictures have 16-bit samples that use the lower 12 bits alone, so 4095 was taken as white.", messages);
        Assert.Contains("16-bit ones with 12 significant bits", Run(Success, "info", "d").Output);
        Outcome outcome = Run(Partial, "predict", "d", "good.tif", "wide.tif");
        Assert.Contains("'wide.tif' has a sample of 16383, beyond the 4095 of the 12 significant bits that the detector goes by.", outcome.Messages);
        Assert.Contains("the detector was trained with 16-bit pictures of 12", Refuse(Failure, "predict", "d", "good.tif", "--bits", "14"));
        Assert.Contains("--bits must lie between 8 and 16", Refuse(Usage, "predict", "d", "good.tif", "--bits", "17"));
    }

    [Fact]
    public void A_black_picture_is_refused_by_its_name()
    {
        Pictures.SaveBlack(InFolder("black.png"), 40, 40);
        Assert.StartsWith("'black.png' has one colour all over", Refuse(
            Failure, "train", "--good", "black.png", "--object", "nut", "-o", "d", "--epochs", "1"));
        Assert.Equal(["black.png"], FilesLeft);
    }

    [Fact]
    public void The_same_seed_learns_the_same_tensors_and_another_seed_others()
    {
        Run(Success, [.. Training, "--shots", "4", "--fusion", "harmonic"]);
        (string same, byte[] tensors) = DetectorFile.Read(InFolder("out.promptad"));
        (string first, byte[] expected) = DetectorFile.Read(Workshop.Detector);
        Assert.Equal(expected, tensors);
        Assert.Equal(Without(first, "created"), Without(same, "created"));

        Run(Success, [.. Training, "--seed", "1", "--shots", "6"]);
        byte[] six = DetectorFile.Read(InFolder("out.promptad")).Tensors;
        Run(Success, [.. Training, "--seed", "2", "--shots", "6"]);
        byte[] otherSeed = DetectorFile.Read(InFolder("out.promptad")).Tensors;
        Assert.Equal(six.Length, otherSeed.Length);
        Assert.False(six.AsSpan().SequenceEqual(otherSeed));
    }

    [Fact]
    public void Marks_are_options_and_are_noted_in_the_detector()
    {
        string[] marks = ["--preset", "published", "--resize", "direct", "--learned-order", "objectbeforecontext", "--category", "tile"];
        Run(Success, [.. Training, .. marks, "--shots", "1"]);
        string info = Run(Success, "info", "out.promptad").Output;
        Assert.Contains("pictures    resized in one step, read as BGR", info);
        Assert.Contains("glue strip", info);
        Assert.Contains("\"learned_order\":\"ObjectBeforeContext\"", DetectorFile.Read(InFolder("out.promptad")).Metadata);
    }

    [Fact]
    public void One_picture_is_called_one()
    {
        string one = Path.Combine(Workshop.Good, "0.png");
        string[] train = ["train", "--good", one, "--object", "nut", "--output", "out.promptad", "--epochs", "1"];
        Assert.Contains("only 1 picture of good parts was given", Refuse(Failure, [.. train, "--shots", "2"]));
        File.Copy(one, InFolder("copy.png"));
        string said = Run(Success, [.. train, "--good", "copy.png"]).Messages;
        Assert.Contains("1 of 2 pictures is the same as one before and does not count: copy.png", said);
        Assert.Contains("from 1 picture with", said);
    }

    [Theory]
    [InlineData("--shots is 7, but only 6 pictures", "--shots", "7")]
    [InlineData("--shots is 0", "--shots", "0")]
    [InlineData("--epochs is 0; it must lie between 1 and 10000", "--epochs", "0")]
    [InlineData("No backbone 'nope' in the store", "--backbone", "nope")]
    [InlineData("'../tiny-generated' cannot name a backbone", "--backbone", "../tiny-generated")]
    [InlineData("'spoon' is not a category", "--category", "spoon")]
    [InlineData("The anomaly state is empty", "--defect", " ")]
    [InlineData("--poses is 'often'; give quarter, flips, all, free or free:degrees", "--poses", "often")]
    [InlineData("--poses is 'quarter,free'", "--poses", "quarter,free")]
    [InlineData("--poses is 'free:ten'", "--poses", "free:ten")]
    [InlineData("The turn of --poses is 400; it must lie between 1 and 180", "--poses", "free:400")]
    [InlineData("--pose-rows is 9; it must be at least 16, the patches of a picture itself.", "--poses", "all", "--pose-rows", "9")]
    [InlineData("give --poses, too", "--pose-rows", "900")]
    [InlineData("--tiles is '3'; give rows and columns, such as 2x3", "--tiles", "3")]
    [InlineData("--tiles is '2xtwo'", "--tiles", "2xtwo")]
    [InlineData("The number of columns of --tiles is 9; it must lie between 1 and 8", "--tiles", "1x9")]
    [InlineData("Tiles of 1 x 1 are the whole picture", "--tiles", "1x1")]
    [InlineData("too small for 8 x 8 tiles", "--tiles", "8x8")]
    [InlineData("use tiles or poses, not both", "--tiles", "2x2", "--poses", "all")]
    [InlineData("use a mask or tiles, not both", "--tiles", "2x2", "--roi", "0,0 40,0 40,60 0,60")]
    [InlineData("use a mask or poses, not both", "--poses", "all", "--roi", "0,0 40,0 40,60 0,60")]
    [InlineData("{} 2 times", "--defect", "{} on {}")]
    public void Refuses_options_that_cannot_be(string reason, params string[] options)
    {
        Assert.Contains(reason, Refuse(Failure, [.. Training[..^2], .. options]));
        Assert.Empty(FilesLeft);
    }

    [Theory]
    [InlineData("The object name is empty", "")]
    [InlineData("The object name is empty", "  ")]
    [InlineData("at most 200 fit", "nut", 100)]
    [InlineData("tokens, the backbone takes 77", "nut", 30)]
    public void Refuses_an_object_that_fits_no_prompt(string reason, string word, int times = 1)
    {
        string name = string.Join(' ', Enumerable.Repeat(word, times));
        string error = Refuse(Failure, "train", "--good", Workshop.Good, "--output", "x", "--object", name);
        Assert.Contains(reason, error);
    }

    [Fact]
    public void The_pixel_limit_holds_for_pictures_with_a_mask_too()
    {
        byte[] header = new byte[54]; // a BMP of 12000 x 9000 pixels that ends after its header
        "BM"u8.CopyTo(header);
        foreach ((int at, int value) in ((int, int)[])[(10, 54), (14, 40), (18, 12_000), (22, 9_000), (26, 1), (28, 24)])
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(at), value);
        File.WriteAllBytes(InFolder("big.bmp"), header);
        string[] train = ["train", "--good", "big.bmp", "--object", "nut", "--output", "out", "--roi", "0,0 9000,0 0,9000"];
        Assert.Contains("more than the limit of 100000000", Refuse(Failure, train));
        Assert.DoesNotContain("limit", Refuse(Failure, [.. train, "--pixel-limit", "200000000"]));
    }

    [Fact]
    public void A_region_of_interest_and_places_to_ignore_are_honoured()
    {
        Pictures.SavePng(InFolder("small.png"), 20, 20, seed: 1);
        string[] train = ["train", "--good", Workshop.Good, "--object", "nut", "--epochs", "1", "--output", "roi.promptad"];
        Assert.Contains("is 20 x 20 pixels, but the pictures are 80 x 60", Refuse(Failure, [.. train, "--roi", "small.png"]));
        Assert.Contains("The corner 81,0 lies outside the picture of 80 x 60", Refuse(Failure, [.. train, "--ignore", "0,0 81,0 0,60"]));
        Assert.Contains("no picture file and no polygon", Refuse(Failure, [.. train, "--roi", "mask.png"]));
        Assert.Contains("leaves nothing to inspect", Refuse(Failure, [.. train, "--ignore", "0,0 80,0 80,60 0,60"]));
        Assert.Equal(["small.png"], FilesLeft);

        Run(Success, [.. train, "--roi", "0,0 40,0 40,60 0,60", "--ignore", "0,0 40,0 40,30 0,30"]);
        foreach (string line in Run(Success, "predict", "roi.promptad", Workshop.Good, "-f", "csv").OutputLines[1..])
        {
            string[] cells = line.Split(',');
            Assert.InRange(int.Parse(cells[7]), 0, 39);
            Assert.InRange(int.Parse(cells[8]), 30, 59);
        }
        Assert.Contains("80 x 60", Run(Success, "info", "roi.promptad").Output);
        Pictures.SavePng(InFolder("tall.png"), 60, 80, seed: 1);
        Outcome outcome = Run(Failure, "predict", "roi.promptad", "tall.png");
        Assert.Contains("made for 80 x 60", outcome.Messages);
    }

    [Fact]
    public void Other_poses_come_into_the_memory_up_to_the_bound()
    {
        Run(Success, [.. Training, "--shots", "2", "--poses", "free:30,flips", "--pose-rows", "40"]);
        string info = Run(Success, "info", "out.promptad").Output;
        Assert.Contains("memory      80 patches of 64 channels", info); // 2 pictures of 16 patches without
        Assert.Contains("poses       turned by 30 degrees and mirrored: 23 views of each picture, at most 40 patches of it\n", info);
        Assert.Contains("\"poses\":{\"turn\":30,\"flips\":true,\"most_rows\":40", DetectorFile.Read(InFolder("out.promptad")).Metadata);
        Run(Success, "predict", "out.promptad", Workshop.Good);
    }

    [Fact]
    public void Tiles_are_honoured_from_training_to_verdict()
    {
        Run(Success, [.. Training, "--shots", "2", "--tiles", "2x3"]);
        string info = Run(Success, "info", "out.promptad").Output;
        Assert.Contains("tiles       2 x 3, each with a memory of its own\n", info);
        Assert.Contains("memory      192 patches of 64 channels", info); // 6 tiles of 2 pictures of 16 patches
        Assert.Contains("format 3\n", info);
        Run(Success, "calibrate", "out.promptad", "--good", Workshop.Good, "-o", "new.promptad");
        Assert.Equal(1 + Workshop.GoodPictures, Run(Success, "predict", "new.promptad", Workshop.Good, "-o", "results", "-f", "csv").OutputLines.Length);
        Assert.Contains("results/0.overlay.png", FilesLeft);
        string error = Refuse(Failure, "export", "out.promptad", "--check", Workshop.Good, "-o", "nut.onnx");
        Assert.Equal("A detector with tiles cannot be exported; train one without tiles, or predict with PromptAD.", error);
    }

    [Fact]
    public void Refuses_pictures_that_are_not_there()
    {
        Directory.CreateDirectory(InFolder("empty"));
        Assert.Contains("holds no pictures", Learn("empty"));
        Assert.Contains("Cannot read 'missing.png': the file does not exist", Learn("missing.png"));
        Assert.Contains("No picture matches '*.png'", Learn("*.png"));
        File.WriteAllText(InFolder("text.png"), "no picture");
        Assert.Contains("text.png", Learn("text.png"));
        Assert.Equal(["text.png"], FilesLeft);

        string Learn(string good) => Refuse(Failure, "train", "--good", good, "--object", "nut", "--output", "out.promptad");
    }

    [Fact]
    public void Takes_the_place_of_an_untaught_detector_alone_unless_forced()
    {
        string[] train = [.. Training[..^2], "--epochs", "1", "--shots", "1"];
        Pictures.SavePng(InFolder("new.png"), 80, 60, seed: 77);
        File.WriteAllText(InFolder("out.promptad"), "mine");
        Assert.Contains("'out.promptad' is there already and is no detector", Refuse(Failure, train));
        Assert.Equal("mine", File.ReadAllText(InFolder("out.promptad")));
        Run(Success, [.. train, "--force"]);
        Run(Success, train);

        Run(Success, "calibrate", "out.promptad", "--good", "new.png");
        Assert.Contains("was calibrated with 1 further picture; give another name, or --force", Refuse(Failure, train));
        Run(Success, [.. train, "--force"]);

        Run(Success, "feedback", "out.promptad", "--ng", "new.png");
        byte[] taught = File.ReadAllBytes(InFolder("out.promptad"));
        Assert.Contains("keeps pictures of defects; give another name, or --force", Refuse(Failure, train));
        Assert.Equal(taught, File.ReadAllBytes(InFolder("out.promptad")));
        Run(Success, [.. train, "--force"]);

        Run(Success, "threshold", "set", "out.promptad", "--review-score", "0.0001", "--ng-score", "0.0002");
        Run(Success, "feedback", "out.promptad", "--ok", "new.png", "--force");
        Assert.Contains("has learned from 1 picture of feedback", Refuse(Failure, train));
    }

    [Fact]
    public void Finds_out_before_learning_that_the_detector_cannot_be_written()
    {
        File.WriteAllText(InFolder("file"), "");
        Directory.CreateDirectory(InFolder("folder"));
        foreach (string output in (string[])["file/out.promptad", "file/deeper/out.promptad", "folder"])
        {
            Outcome outcome = Run(Failure, "train", "--good", Workshop.Good, "--object", "nut", "--output", output);
            Assert.StartsWith("error: ", Assert.Single(outcome.MessageLines));
        }
        Assert.Equal(["file"], FilesLeft);
    }

    private static string Without(string json, string property)
    {
        JsonObject node = JsonNode.Parse(json)!.AsObject();
        node.Remove(property);
        return node.ToJsonString();
    }
}
