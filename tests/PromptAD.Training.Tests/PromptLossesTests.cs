using static TorchSharp.torch;

namespace PromptAD.Training.Tests;

/// <summary>Two channels, prototypes on the axes: every value can be computed by hand.</summary>
public sealed class PromptLossesTests
{
    private static readonly float[] Normal = [1, 0], Anomalous = [0, 1];

    [Fact]
    public void The_contrastive_loss_is_the_cross_entropy_against_the_normal_class()
    {
        // z = w_n: logits s·[1, 0, 0] (two anomalous prompts), so the loss is log(1 + 2·exp(-s)).
        double loss = Compute(new LossOptions(), scale: 2, perPixel: false, [1, 0], images: 1).Contrastive;
        Assert.Equal(Math.Log(1 + (2 * Math.Exp(-2))), loss, 6);
    }

    [Fact]
    public void The_image_margin_is_zero_on_the_normal_side_and_grows_on_the_other()
    {
        Assert.Equal(0, Compute(new LossOptions(), 1, false, [1, 0], 1).Margin, 6);
        Assert.Equal(2, Compute(new LossOptions(), 1, false, [0, 1], 1).Margin, 6); // |z - w_n|² = 2, |z - w_a|² = 0
        Assert.Equal(0.5, Compute(new LossOptions { Margin = 2.5f }, 1, false, [1, 0], 1).Margin, 6);
    }

    [Fact]
    public void The_pixel_margin_is_taken_per_channel_or_per_token()
    {
        // One image, two tokens: one at w_n, one at w_a. Per channel the differences cancel; per token the hinge keeps the second's 2.
        float[] tokens = [1, 0, 0, 1];
        Assert.Equal(0, Compute(new LossOptions { PixelMargin = PixelMargin.PerChannel }, 1, true, tokens, 1).Margin, 6);
        Assert.Equal(1, Compute(new LossOptions { PixelMargin = PixelMargin.PerToken }, 1, true, tokens, 1).Margin, 6);
    }

    [Fact]
    public void The_alignment_weighs_in_by_lambda()
    {
        // Manual prompts at w_a, learned ones at w_n: |difference|² = 2.
        (double contrastive, double margin, double alignment, double total) =
            Compute(new LossOptions { AlignmentWeight = 0.5f }, 1, false, [1, 0], 1, manual: Anomalous, learned: Normal);
        Assert.Equal(2, alignment, 6);
        Assert.Equal(contrastive + margin + 1, total, 6);
    }

    [Fact]
    public void The_margin_weighs_in_by_its_weight_or_not_at_all()
    {
        (double contrastive, double margin, _, double total) = Compute(new LossOptions { MarginWeight = 0.5f }, 1, false, [0, 1], 1);
        Assert.Equal(contrastive + (margin / 2), total, 6);
        (contrastive, _, _, total) = Compute(new LossOptions { MarginWeight = 0 }, 1, false, [0, 1], 1);
        Assert.Equal(contrastive, total, 6);
    }

    [Fact]
    public void Without_manual_prompts_there_is_nothing_to_align()
    {
        (double contrastive, double margin, double alignment, double total) = Compute(new LossOptions(), 1, false, [1, 0], 1, manual: []);
        Assert.Equal(0, alignment);
        Assert.Equal(contrastive + margin, total, 6);
    }

    private static (double Contrastive, double Margin, double Alignment, double Total) Compute(
        LossOptions options, float scale, bool perPixel, float[] visual, int images, float[]? manual = null, float[]? learned = null)
    {
        using var scope = NewDisposeScope();
        var features = new PromptFeatures(tensor(Normal, 1, 2), tensor(manual ?? Anomalous, (manual ?? Anomalous).Length / 2, 2), tensor(learned ?? Anomalous, 1, 2));
        Tensor z = tensor(visual, images, visual.Length / (2 * images), 2);
        var losses = new PromptLosses(options, scale, perPixel);
        (Tensor contrastive, Tensor margin, Tensor alignment, Tensor total) = losses.Compute(features, z);
        return (contrastive.item<float>(), margin.item<float>(), alignment.item<float>(), total.item<float>());
    }
}
