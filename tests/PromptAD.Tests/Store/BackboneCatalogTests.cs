using PromptAD.Encoders.Clip;
using PromptAD.Encoders.Dino;
using PromptAD.Store;

namespace PromptAD.Tests.Store;

public sealed class BackboneCatalogTests
{
    public static TheoryData<string> ClipNames => new(BackboneCatalog.NamesOf("clip"));

    public static TheoryData<string> DinoNames => new(BackboneCatalog.NamesOf("dino"));

    [Theory]
    [MemberData(nameof(ClipNames))]
    public void Knows_a_valid_configuration_by_name(string name)
    {
        ClipConfiguration configuration = Assert.IsType<ClipConfiguration>(BackboneCatalog.Find(name));

        Assert.Equal(configuration, ClipConfiguration.Parse(configuration.ToJson()));
        Assert.Equal(name.Contains("quickgelu", StringComparison.Ordinal), configuration.QuickGelu);
        Assert.Equal(int.Parse(name.Split('-')[2]), configuration.Vision.PatchSize);
        Assert.Equal(configuration.EmbeddingSize, configuration.Text.Width);
        Assert.Equal(64, configuration.Text.Width / configuration.Text.Heads);
    }

    [Theory]
    [MemberData(nameof(DinoNames))]
    public void Knows_a_valid_configuration_of_DINOv2_by_name(string name)
    {
        DinoConfiguration configuration = Assert.IsType<DinoConfiguration>(BackboneCatalog.Find(name));

        Assert.Equal(configuration, DinoConfiguration.Parse(configuration.ToJson()));
        Assert.Equal((14, 64), (configuration.PatchSize, configuration.HeadWidth));
        Assert.Equal((518, 518), (configuration.TrainedSize, configuration.InputSize));
        bool hasRegisters = name.EndsWith("_reg", StringComparison.Ordinal);
        Assert.Equal(hasRegisters ? 4 : 0, configuration.Registers);
        Assert.Equal(PositionInterpolation.Published(configuration.Registers), configuration.Interpolation);
        Assert.Equal(name.Contains("vitg", StringComparison.Ordinal), configuration.FeedForward == DinoFeedForward.SwiGlu);
    }

    // Millions of weights as the published model card gives them, the token of hidden patches left out.
    [Theory]
    [InlineData("dinov2_vits14", 22.06)]
    [InlineData("dinov2_vitb14", 86.58)]
    [InlineData("dinov2_vitl14", 304.37)]
    [InlineData("dinov2_vitg14", 1136.48)]
    [InlineData("dinov2_vits14_reg", 22.06)]
    public void DINOv2_has_the_published_number_of_weights(string name, double millions) =>
        Assert.Equal(millions, BackboneCatalog.Find(name).ParameterCount / 1e6, 0.01);

    // Millions of weights as open_clip's own table of models gives them.
    [Theory]
    [InlineData("ViT-S-32", 63.09)]
    [InlineData("ViT-S-32-alt", 43.22)]
    [InlineData("ViT-S-16", 62.26)]
    [InlineData("ViT-S-16-alt", 42.4)]
    [InlineData("ViT-M-32", 103.12)]
    [InlineData("ViT-M-32-alt", 80.07)]
    [InlineData("ViT-M-16", 102.02)]
    [InlineData("ViT-B-32", 151.28)]
    [InlineData("ViT-B-32-256", 151.29)]
    [InlineData("ViT-B-32-plus-256", 210.3)]
    [InlineData("ViT-B-16", 149.62)]
    [InlineData("ViT-B-16-plus", 208.35)]
    [InlineData("ViT-B-16-plus-240", 208.38)]
    [InlineData("ViT-L-16", 427.74)]
    [InlineData("ViT-L-16-320", 427.95)]
    [InlineData("ViT-L-14", 427.62)]
    [InlineData("ViT-L-14-280", 427.76)]
    [InlineData("ViT-L-14-336", 427.94)]
    [InlineData("ViT-H-16", 986.26)]
    [InlineData("ViT-H-14", 986.11)]
    [InlineData("ViT-g-14", 1366.68)]
    [InlineData("ViT-bigG-14", 2539.57)]
    [InlineData("ViT-e-14", 4581.09)]
    public void Has_the_published_number_of_weights(string name, double millions) =>
        Assert.Equal(millions, BackboneCatalog.Find(name).ParameterCount / 1e6, 0.01);

    [Fact]
    public void Ignores_case() => Assert.Equal(BackboneCatalog.Find("ViT-B-16"), BackboneCatalog.Find("vit-b-16"));

    [Fact]
    public void Reads_a_configuration_from_a_file()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(path, BackboneCatalog.Find("ViT-S-16").ToJson());
        try
        {
            Assert.Equal(BackboneCatalog.Find("ViT-S-16"), BackboneCatalog.Find(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Lists_the_nearest_names_first_when_a_name_is_unknown()
    {
        PromptADException error = Assert.Throws<PromptADException>(() => BackboneCatalog.Find("vit-l14-336"));

        Assert.StartsWith("There is no configuration 'vit-l14-336'. Give the path of a JSON file or one of: ViT-L-14-336, ", error.Message);
        Assert.All(BackboneCatalog.Names, name => Assert.Contains(name, error.Message));
    }

    [Fact]
    public void Says_which_file_is_missing()
    {
        PromptADException error = Assert.Throws<PromptADException>(() => BackboneCatalog.Find("no-such-file.json"));

        Assert.StartsWith("Cannot read 'no-such-file.json': ", error.Message);
    }

    [Fact]
    public void Refuses_a_file_too_large_for_a_configuration()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream stream = File.OpenWrite(path)) stream.SetLength(2 << 20);
            Assert.Contains("too many for a configuration", Assert.Throws<PromptADException>(() => BackboneCatalog.Find(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Publishes_weights_only_of_configurations_it_knows()
    {
        Assert.Equal(
            ["ViT-B-16-plus-240", "ViT-B-16", .. BackboneCatalog.NamesOf("dino")],
            BackboneCatalog.Weights.Select(weights => weights.Configuration));
        Assert.All(BackboneCatalog.Weights, weights =>
        {
            Assert.Contains(weights.Configuration, BackboneCatalog.Names);
            Assert.Equal("https", weights.File.Address.Scheme);
            if (weights.File.Sha256 is { } hash) Assert.EndsWith($"-{hash}.pt", weights.File.FileName);
            else Assert.StartsWith("dinov2_", weights.Configuration);
        });
        Assert.Equal("vit_b_16-laion400m_e32-55e67d44.pt", BackboneCatalog.FindWeights("vit-b-16").File.FileName);
        Assert.Equal(4 * 208.38, BackboneCatalog.FindWeights("ViT-B-16-plus-240").ApproximateSize / 1e6, 0.05);
    }

    [Theory]
    [InlineData("dinov2_vits14", "https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth")]
    [InlineData("DINOv2_vitg14_reg", "https://dl.fbaipublicfiles.com/dinov2/dinov2_vitg14/dinov2_vitg14_reg4_pretrain.pth")]
    public void Knows_where_DINOv2_is_published(string name, string address) =>
        Assert.Equal(address, BackboneCatalog.FindWeights(name).File.Address.AbsoluteUri);

    [Fact]
    public void Publishes_the_vocabulary_by_its_whole_hash()
    {
        Assert.Equal("bpe_simple_vocab_16e6.txt.gz", BackboneCatalog.Vocabulary.FileName);
        Assert.Equal(64, BackboneCatalog.Vocabulary.Sha256!.Length);
    }

    [Fact]
    public void Says_which_weights_can_be_pulled()
    {
        PromptADException error = Assert.Throws<PromptADException>(() => BackboneCatalog.FindWeights("ViT-L-14"));

        Assert.Equal(
            "No published weights are known for 'ViT-L-14'. Pull one of ViT-B-16, dinov2_vitl14, ViT-B-16-plus-240, dinov2_vits14, "
            + "dinov2_vitb14, dinov2_vitg14, dinov2_vitl14_reg, dinov2_vits14_reg, dinov2_vitb14_reg, dinov2_vitg14_reg, or import a "
            + "checkpoint that you have.",
            error.Message);
    }
}
