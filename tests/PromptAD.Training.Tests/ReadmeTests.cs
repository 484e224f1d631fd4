using System.Runtime.CompilerServices;

namespace PromptAD.Training.Tests;

/// <summary>
/// The C# examples of README.md and of docs/csharp.md are the code between the marks below, which runs here on a small backbone and made
/// pictures.
/// </summary>
[Collection(Alone.Tests)]
public sealed class ReadmeTests(TinyBackbone tiny) : IClassFixture<TinyBackbone>
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/csharp.md")]
    public void A_document_shows_the_example_that_runs_here(string document)
    {
        string here = File.ReadAllText(ThisFile()), begin = $"// <{document}>\n", end = $"        // </{document}>\n";
        int first = here.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        IEnumerable<string> lines = here[first..here.IndexOf(end, StringComparison.Ordinal)].Split('\n')
            .Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line);
        string expected = string.Join('\n', lines);
        string text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", document));
        Assert.Contains(expected.Trim(), text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_examples_run() => RunInFolderWithPictures();

    private void RunInFolderWithPictures()
    {
        string before = Environment.CurrentDirectory, folder = Path.Combine(tiny.Folder, "readme");
        string? store = Environment.GetEnvironmentVariable(BackboneStore.FolderVariable);
        Directory.CreateDirectory(folder);
        try
        {
            Environment.CurrentDirectory = folder;
            Environment.SetEnvironmentVariable(BackboneStore.FolderVariable, Path.Combine(folder, "store"));
            new BackboneStore().Generate(tiny.Backbone.Configuration, "the-only-one");
            string[] names = ["good-1.png", "good-2.png", "image.png"];
            for (int i = 0; i < names.Length; i++) Imaging.PictureEncoder.Save(TinyBackbone.NoiseFrame(i), names[i]);
            TrainAndPredict();
            Assert.True(File.Exists("image.overlay.png"));
            File.Copy("bolt.promptad", "plate.promptad");
            File.Copy("image.png", "part.png");
            PredictAlone();
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Environment.SetEnvironmentVariable(BackboneStore.FolderVariable, store);
        }
    }

    private static void TrainAndPredict()
    {
        // <docs/csharp.md>
        // Once per product, in the engineer's tool: packages PromptAD.Training and libtorch-cpu-linux-x64 (or -win-x64, -osx-arm64).
        using (Backbone backbone = new BackboneStore().Open()) // the small embedded backbone, until the store has another
        {
            var trainer = new PromptTrainer(backbone, "bolt", TrainingOptions.Recommended with { Seed = 1 });
            trainer.AddState("scratch");
            trainer.AddGood("good-1.png");
            trainer.AddGood("good-2.png");
            using AnomalyDetector trained = trainer.Train(new Progress<TrainingProgress>(state => Console.WriteLine($"{state.Fraction:P0}")));
            trained.Save("bolt.promptad");
        }

        // A million times, on the line: package PromptAD alone.
        using var detector = AnomalyDetector.Load("bolt.promptad");
        var result = detector.Predict("image.png");
        Console.WriteLine($"{result.Verdict}: {result.Score:F3} in {result.Timings.Total.TotalMilliseconds:F0} ms, worst at {result.Map.Peak}");
        foreach (Region region in result.Regions) Console.WriteLine($"{region.Area:F0} pixels at {region.X}, {region.Y}");
        result.SaveOverlay("image.overlay.png", "image.png");

        // A raw camera frame is resized straight from its own memory.
        byte[] pixels = new byte[1200 * 1000];
        var frame = new CameraFrame(pixels, width: 1200, height: 1000, PixelFormat.Gray8);
        Prediction live = detector.Predict(frame);
        // </docs/csharp.md>
        Assert.Equal(1200, live.Width);
    }

    private static void PredictAlone()
    {
        // <README.md>
        using var detector = AnomalyDetector.Load("plate.promptad"); // once; safe to use from several threads
        Prediction result = detector.Predict("part.png");

        Console.WriteLine($"{result.Verdict}: score {result.Score:F3}");
        if (result.Verdict != Verdict.OK) // REVIEW or NG
        {
            foreach (Region region in result.Regions) Console.WriteLine($"{region.Area:F0} pixels at {region.X}, {region.Y}");
            result.SaveOverlay("part.overlay.png", "part.png");
        }
        // </README.md>
        Assert.Equal(result.Verdict != Verdict.OK, File.Exists("part.overlay.png"));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}

/// <summary>Tests that change the working folder or the environment run by themselves.</summary>
[CollectionDefinition(Tests, DisableParallelization = true)]
public sealed class Alone
{
    public const string Tests = "Alone";
}
