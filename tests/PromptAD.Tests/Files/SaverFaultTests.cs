using PromptAD.Files;
using PromptAD.Imaging;
using PromptAD.Store;
using PromptAD.Tests.Architecture;
using PromptAD.Tests.Detectors;

namespace PromptAD.Tests.Files;

/// <summary>Every saver of the library, with every single one of its writes going wrong.</summary>
public sealed class SaverFaultTests : DetectorTest
{
    /// <summary>The savers, and what each of them writes.</summary>
    private static readonly Dictionary<string, string> Savers = new()
    {
        ["detector"] = "a.promptad",
        ["detector file"] = "a.promptad",
        ["detector with limits"] = "a.promptad",
        ["detector with a reference"] = "a.promptad",
        ["detector that was taught"] = "a.promptad",
        ["export"] = "a.onnx",
        ["map as PNG"] = "a.png",
        ["map as NumPy"] = "a.npy",
        ["overlay as PNG"] = "a.png",
        ["overlay as JPEG"] = "a.jpg",
        ["picture"] = "a.png",
        ["vectors"] = "a.safetensors",
        ["checkpoint"] = "a.safetensors",
        ["manifest"] = BackboneManifest.FileName,
        ["text"] = "a.txt",
    };

    public static TheoryData<string> Names => [.. Savers.Keys];

    private string Place => Directory.CreateDirectory(InFolder("place")).FullName;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_write_that_fails_leaves_the_old_file(string name)
    {
        using var work = new Work(this, name);
        Assert.True(work.Attack(isThere: true).AtEveryWrite() >= 4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_write_that_fails_leaves_nothing_where_nothing_was(string name)
    {
        using var work = new Work(this, name);
        work.Attack(isThere: false).AtEveryWrite();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_others_do_meanwhile_costs_nobody_a_file(string name)
    {
        using var work = new Work(this, name);
        SaverAttack attack = work.Attack(isThere: true);
        attack.WhileItIsMovedAway(work.Target);
        attack.WhileAFolderTakesItsPlace(work.Target);
        attack.WhileItIsProtected(work.Target);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_import_that_fails_leaves_the_store_as_it_was(bool isThere)
    {
        var store = new BackboneStore(Place);
        string checkpoint = InFolder("weights.safetensors"), configuration = InFolder("tiny.json");
        System.IO.File.WriteAllText(configuration, TinyModels.Json);
        BackboneStore.GenerateCheckpoint(configuration, checkpoint);
        var attack = new SaverAttack(
            Place,
            () =>
            {
                if (Directory.Exists(Path.Combine(Place, "a"))) store.Remove("a");
                if (isThere) store.Generate(TinyModels.Configuration, "a");
            },
            () => store.Import(checkpoint, configuration, new BackboneImportOptions { Id = "a", Overwrite = true }));

        Assert.True(attack.AtEveryWrite() > 20);
        Assert.Empty(store.Check("a"));
    }

    [Fact]
    public void Every_saver_is_attacked()
    {
        string[] callers =
        [
            .. from file in SourceTree.Read("src/PromptAD/")
               where file.Text.Contains("AtomicFile.Write", StringComparison.Ordinal)
               select Path.GetFileNameWithoutExtension(file.Path),
        ];

        // PartialFile keeps what is known of a download; its bytes are checked against it.
        Assert.Equal(
            [
                "AnomalyDetector.Export", "AnomalyMap", "BackboneImporter", "BackboneManifest", "BackboneStore.Import", "DetectorWriter", "PartialFile",
                "PictureEncoder", "SafetensorsFile",
            ],
            callers.Order(StringComparer.Ordinal));
    }

    /// <summary>One saver: what it needs, and the old file that it meets.</summary>
    private sealed class Work : IDisposable
    {
        private readonly SaverFaultTests test;
        private readonly AnomalyDetector detector;
        private readonly Prediction prediction;
        private readonly string name, picture;
        private readonly BackboneManifest manifest;

        public Work(SaverFaultTests test, string name)
        {
            (this.test, this.name) = (test, name);
            Target = Path.Combine(test.Place, Savers[name]);
            picture = test.Save(5);
            detector = AnomalyDetector.Load(test.File, test.Backbone);
            if (name is "detector with limits" or "detector that was taught")
                detector.SetLimits(new LimitOptions { ReviewScore = 0.001f, NGScore = 0.002f, PixelScore = 0.125f });
            if (name == "detector with a reference") detector.AddReferencePicture(picture, isGood: true);
            if (name == "detector that was taught") detector.LearnFalseReject(picture, new FeedbackOptions { Force = true });
            prediction = detector.Predict(picture);
            manifest = BackboneManifest.Read(Path.Combine(test.Store.Folder, "tiny"));
            System.IO.File.WriteAllText(test.InFolder("tiny.json"), TinyModels.Json);
        }

        public string Target { get; }

        private bool NeedsDetector => name == "detector file";

        public void Dispose() => detector.Dispose();

        public SaverAttack Attack(bool isThere) => new(test.Place, () => Prepare(isThere), Act);

        private void Prepare(bool isThere)
        {
            System.IO.File.Delete(Target);
            if (isThere && NeedsDetector) test.Model.Save(Target);
            else if (isThere) System.IO.File.WriteAllText(Target, "what was there before");
        }

        private void Act()
        {
            switch (name)
            {
                case "detector":
                    test.Model.Save(Target);
                    break;
                case "detector file":
                    // Opened elsewhere where nothing is here yet: only its own file can be saved.
                    if (!System.IO.File.Exists(Target)) test.Model.Save(Target);
                    else Rename(DetectorFile.Open(Target));
                    break;
                case "export":
                    detector.Export(Target, [picture], new ExportOptions { Replace = true });
                    break;
                case "map as PNG":
                    prediction.Map.SavePng16(Target);
                    break;
                case "map as NumPy":
                    prediction.Map.SaveNpy(Target);
                    break;
                case "overlay as PNG" or "overlay as JPEG":
                    prediction.SaveOverlay(Target, picture);
                    break;
                case "picture":
                    PictureEncoder.Save(Frame(Noise(1)), Target);
                    break;
                case "vectors":
                    SafetensorsFile.Write(Target, new Dictionary<string, float[]> { ["a"] = [1, 2, 3], ["b"] = new float[5000] });
                    break;
                case "checkpoint":
                    BackboneStore.GenerateCheckpoint(test.InFolder("tiny.json"), Target);
                    break;
                case "manifest":
                    manifest.Write(test.Place);
                    break;
                case "text":
                    AtomicFile.WriteText(Target, writer => writer.Write(new string('a', 100_000)));
                    break;
                default:
                    detector.Save(Target);
                    break;
            }
        }

        private static void Rename(DetectorFile file) =>
            file.Save(file.Detector with { Metadata = file.Detector.Metadata with { ObjectName = "other" } });
    }
}
