[assembly: AssemblyFixture(typeof(PromptAD.Cli.Tests.Workshop))]

namespace PromptAD.Cli.Tests;

/// <summary>What all tests share: a store with a tiny generated backbone, pictures of good parts, and a detector. Made once.</summary>
public sealed class Workshop : IDisposable
{
    public const int GoodPictures = 6;

    internal const string Configuration = """
        {"embed_dim": 32, "vision_cfg": {"image_size": 64, "layers": 4, "width": 64, "patch_size": 16},
         "text_cfg": {"context_length": 77, "vocab_size": 600, "width": 32, "heads": 2, "layers": 1}}
        """;

    private int scratchFolders;

    public Workshop()
    {
        File.WriteAllText(ConfigurationFile, Configuration);
        for (int i = 0; i < GoodPictures; i++) Pictures.SavePng(Path.Combine(Good, $"{i}.png"), 80, 60, seed: i);
        Prepare("backbone", "generate", "--config", ConfigurationFile);
        Prepare("train", "--good", Good, "--shots", "4", "--object", "metal nut", "--epochs", "5", "--fusion", "harmonic", "--output", Detector);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("promptad-cli-").FullName;

    /// <summary>The store, with the backbone "tiny-generated".</summary>
    public string Store => Path.Combine(Folder, "store");

    public string ConfigurationFile => Path.Combine(Folder, "tiny.json");

    /// <summary>A folder of 80 x 60 pictures, 0.png to 5.png.</summary>
    public string Good => Path.Combine(Folder, "good");

    /// <summary>Trained on four of the pictures, with seed 0 and 5 epochs; its scores are fused as published, so that they can be checked by hand.</summary>
    public string Detector => Path.Combine(Folder, "nut.promptad");

    /// <summary>An empty folder.</summary>
    public string Scratch() => Directory.CreateDirectory(Path.Combine(Folder, $"{Interlocked.Increment(ref scratchFolders)}")).FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Prepare(params string[] arguments)
    {
        Outcome outcome = Promptad.Run(Folder, Store, arguments);
        if (outcome.ExitCode != 0) throw new InvalidOperationException($"promptad {string.Join(' ', arguments)}: {outcome.Messages}");
    }
}
