using System.Net;
using System.Net.Sockets;

namespace PromptAD.Cli.Tests;

public sealed class BackboneTests(Workshop workshop) : CommandTest(workshop)
{
    [Fact]
    public void Pull_takes_the_address_of_a_mirror()
    {
        string[] pull = ["backbone", "pull", "ViT-B-16-plus-240", "--url"];
        // Without the whole hash nothing is fetched over http, so that this asks no network.
        Assert.Contains("http", Refuse(Failure, [.. pull, "http://models.example/clip.pt", "--sha256", "699c4b84"]));
        Assert.Contains("--url is 'clip.pt'", Refuse(Usage, [.. pull, "clip.pt"]));
    }

    [Fact]
    public void Pull_without_a_network_says_how_to_import_a_file()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}/clip.pt";
        listener.Stop(); // nobody listens there now
        string[] pull = ["backbone", "pull", "vit-b-16", "--url", address, "--sha256", new string('0', 64), "--store", "store"];
        Assert.Matches(
            $"^Cannot download '{address}': .+[.] Check the network and its proxy, or get the file on another computer "
            + "and import it with 'promptad backbone import <file> --config ViT-B-16'[.]$",
            Refuse(Failure, pull));
        Assert.Empty(FilesLeft);
    }

    [Fact]
    public void A_checkpoint_becomes_a_backbone_that_is_listed_checked_used_and_removed()
    {
        Assert.Contains("knows nothing of pictures", Backbone(Success, "generate", "--config", Workshop.ConfigurationFile).Messages);
        Backbone(Success, "generate", "--config", Workshop.ConfigurationFile, "--checkpoint", "weights.safetensors");
        Outcome import = Backbone(Success, "import", "weights.safetensors", "--config", Workshop.ConfigurationFile, "--name", "imported");
        Assert.Equal("id          imported", import.OutputLines[0]);
        Assert.DoesNotContain("warning", import.Messages);
        // The same weights have the same hash, wherever they came from.
        Assert.Equal(HashIn(Backbone(Success, "info", "tiny-generated")), HashIn(import));
        Assert.Contains("source      weights.safetensors, sha256 ", import.Output);

        Outcome list = Backbone(Success, "list");
        Assert.Matches(" imported .* 64 px .* weights.safetensors, ", list.Output);
        Assert.Contains("files       all as imported", Backbone(Success, "info", "imported").Output);
        Run(Success, "predict", Workshop.Detector, Workshop.Good, "--store", "store");

        Assert.Equal("Removed 'imported'.", Assert.Single(Backbone(Success, "remove", "imported").MessageLines));
        Assert.Contains("No backbone 'imported'", Refuse(Failure, "backbone", "info", "imported", "--store", "store"));
        Assert.DoesNotContain(FilesLeft, file => file.Contains("imported", StringComparison.Ordinal));
    }

    [Fact]
    public void A_DINOv2_is_imported_at_a_size_of_choice_and_trains_a_memory_alone()
    {
        File.WriteAllText(
            InFolder("dino.json"),
            """{"kind": "dinov2", "width": 64, "layers": 2, "heads": 1, "patch": 14, "trained_size": 70, "registers": 4}""");
        Backbone(Success, "generate", "--config", "dino.json", "--checkpoint", "dino.safetensors");
        Outcome import = Backbone(Success, "import", "dino.safetensors", "--config", "dino.json", "--input-size", "112");
        Assert.Contains("image       112 px, patches of 14 px", import.OutputLines);
        Assert.Contains("words       none: it has no text tower", import.OutputLines);
        Outcome inferred = Backbone(Success, "import", "dino.safetensors", "--config", "dinov2", "--input-size", "112");
        Assert.Equal(HashIn(import), HashIn(inferred));
        Assert.Contains("files       all as imported", Backbone(Success, "info", "dinov2").Output);

        Backbone(Success, "import", "dino.safetensors", "--config", "dino.json", "--name", "wide", "--input-size", "112x56");
        Assert.Contains("'112x' is neither a number of pixels nor width x height", Refuse(
            Usage, "backbone", "import", "dino.safetensors", "--config", "dino.json", "--input-size", "112x", "--store", "store"));
        string[] size = ["backbone", "import", "dino.safetensors", "--config", "dino.json", "--input-size", "100", "--store", "store"];
        Assert.Contains("The input size is 100; it must be a multiple of the patch of 14 pixels", Refuse(Failure, size));
        string[] train =
            ["train", "--good", Workshop.Good, "--object", "nut", "--store", "store", "--backbone", "dino", "--output", "part.promptad"];
        Assert.Contains(
            "Backbone 'dino' has no text tower, so it knows no words. Train a memory alone with --memory-only, or choose a CLIP.",
            Refuse(Failure, train));
        Run(Success, [.. train, "--memory-only"]);
        Run(Success, "predict", "part.promptad", Workshop.Good, "--store", "store");
    }

    [Fact]
    public void A_name_that_is_taken_needs_force()
    {
        string[] generate = ["generate", "--config", Workshop.ConfigurationFile, "--name", "mine"];
        Backbone(Success, generate);
        Assert.Contains("'mine' is already in the store", Refuse(Failure, ["backbone", .. generate, "--store", "store"]));
        Backbone(Success, [.. generate, "--force"]);
        Assert.All(FilesLeft, file => Assert.StartsWith("store/mine/", file, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_difference_to_the_configuration_is_listed()
    {
        Backbone(Success, "generate", "--config", Workshop.ConfigurationFile, "--checkpoint", "weights.safetensors");
        string wide = Workshop.Configuration.Replace("\"width\": 32", "\"width\": 64", StringComparison.Ordinal);
        File.WriteAllText(InFolder("wide.json"), wide);
        Outcome outcome = Backbone(Failure, "import", "weights.safetensors", "--config", "wide.json");
        Assert.Contains("17 differences", Assert.Single(outcome.MessageLines, line => !IsDetail(line)));
        Assert.Equal(17, outcome.MessageLines.Count(IsDetail));
        Assert.Contains("  text_projection is 32 x 32, the configuration says 64 x 32", outcome.MessageLines);
        Assert.Equal(["weights.safetensors", "wide.json"], FilesLeft);
    }

    [Fact]
    public void A_changed_file_is_named()
    {
        Backbone(Success, "generate", "--config", Workshop.ConfigurationFile, "--name", "mine");
        byte[] weights = File.ReadAllBytes(InFolder("store/mine/vision.safetensors"));
        weights[^5] ^= 1;
        File.WriteAllBytes(InFolder("store/mine/vision.safetensors"), weights);
        Outcome outcome = Backbone(Failure, "info", "mine");
        Assert.Contains("'mine' is damaged", Assert.Single(outcome.MessageLines, line => !IsDetail(line)));
        Assert.Equal("  vision.safetensors has changed since it was imported", outcome.MessageLines[^1]);
    }

    [Theory]
    [InlineData("There is no configuration 'ViT-Z'", "generate", "--config", "ViT-Z")]
    [InlineData("No backbone 'nope'", "remove", "nope")]
    [InlineData("'../x' cannot name a backbone", "remove", "../x")]
    [InlineData("'' cannot name a backbone", "info", "")]
    [InlineData("missing.pt", "import", "missing.pt", "--config", "ViT-B-16")]
    [InlineData("No published weights are known for 'ViT-L-14'", "pull", "ViT-L-14")]
    public void Refuses_what_is_not_there(string reason, params string[] arguments)
    {
        Assert.Contains(reason, Refuse(Failure, ["backbone", .. arguments, "--store", "store"]));
        Assert.Empty(FilesLeft);
    }

    [Fact]
    public void Of_several_backbones_one_is_to_be_chosen_and_the_embedded_one_is_named_too()
    {
        foreach (string name in (string[])["one", "two"]) Backbone(Success, "generate", "--config", Workshop.ConfigurationFile, "--name", name);
        string error = Refuse(Failure, "train", "--good", Workshop.Good, "--object", "nut", "--output", "x", "--store", "store");
        Assert.Contains("has several backbones: one, two, promptad-small-2. Name one with --backbone.", error);
    }

    [Fact]
    public void An_empty_store_is_said_to_be_empty()
    {
        Outcome outcome = Backbone(Success, "list");
        Assert.Equal("", outcome.Output);
        Assert.Contains("is empty", Assert.Single(outcome.MessageLines));
        Outcome training = Run(
            Success, "train", "--good", Path.Combine(Workshop.Good, "0.png"), "--object", "nut", "--epochs", "1", "--output", "x", "--store", "store");
        Assert.Contains("using the embedded backbone 'promptad-small-2'", training.Messages);
        Assert.Contains("promptad backbone pull ViT-B-16-plus-240", training.Messages);
        Assert.Contains(" promptad-small-2 ", Backbone(Success, "list").Output);
    }

    private Outcome Backbone(int exitCode, params string[] arguments) => Run(exitCode, ["backbone", .. arguments, "--store", "store"]);

    private static string HashIn(Outcome outcome) => outcome.OutputLines.Single(line => line.StartsWith("hash ", StringComparison.Ordinal));
}
