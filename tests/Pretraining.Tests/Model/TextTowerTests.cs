using PromptAD.Encoders.Clip;
using PromptAD.Pretraining.Model;
using PromptAD.Training;

using static TorchSharp.torch;

using TextTower = PromptAD.Pretraining.Model.TextTower;

namespace PromptAD.Pretraining.Tests.Model;

public sealed class TextTowerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gives_the_features_of_the_frozen_encoder(bool quickGelu)
    {
        ClipConfiguration configuration = SmallBackbone.Configuration(quickGelu: quickGelu);
        using var folder = new TemporaryFolder();
        var store = new BackboneStore(folder["store"]);
        store.Generate(configuration, "small", cancellation: TestContext.Current.CancellationToken);
        using Backbone backbone = store.Open("small");
        using var encoder = new TextEncoder(backbone);
        using ModelWeights weights = SmallBackbone.ByRule(configuration);
        using var scope = NewDisposeScope();
        int[] tokens = [598, 3, 77, 140, 599, 598, 5, 599, 599, 599];
        Tensor ends = tensor([4L, 2L]);

        var tower = new TextTower(weights);
        Tensor embedded = tower.Embed(tensor(tokens.Select(token => (long)token).ToArray(), 2, 5));
        Tensor expected = encoder.Encode([tokens[..5], tokens[5..8]]), actual = tower.Encode(embedded, ends);

        Assert.InRange((expected - actual).abs().max().item<float>(), 0, 1e-5f * expected.abs().max().item<float>());
    }
}
