using PromptAD.Checkpoints;

namespace PromptAD.Tests.Store;

/// <summary>Weights by rule, against values computed apart from this program.</summary>
public sealed class GeneratedWeightsTests
{
    [Theory]
    [InlineData("visual.conv1.weight", 0, 0x3C8C78A0)]
    [InlineData("visual.conv1.weight", 4607, 0xBDC21586)]
    [InlineData("visual.class_embedding", 0, 0xBD2C045F)]
    [InlineData("visual.class_embedding", 23, 0x3CA2A01D)]
    [InlineData("visual.positional_embedding", 1, 0xBBDC4A33)]
    [InlineData("visual.positional_embedding", 407, 0xBD1FDB38)]
    [InlineData("visual.ln_pre.weight", 0, 0x3F836CB1)]
    [InlineData("visual.ln_pre.weight", 23, 0x3F7039C6)]
    [InlineData("visual.transformer.resblocks.3.ln_2.bias", 5, 0xBD2141A3)]
    [InlineData("visual.transformer.resblocks.0.attn.in_proj_weight", 0, 0xBE161747)]
    [InlineData("visual.transformer.resblocks.0.attn.in_proj_weight", 1727, 0xBE94E96A)]
    [InlineData("visual.transformer.resblocks.0.attn.in_proj_bias", 71, 0xBAB76AB8)]
    [InlineData("visual.transformer.resblocks.0.attn.out_proj.bias", 2, 0xBB5B790A)]
    [InlineData("visual.transformer.resblocks.0.mlp.c_proj.weight", 7, 0x3E1A43B0)]
    [InlineData("visual.proj", 0, 0x3B3FC44D)]
    [InlineData("visual.proj", 383, 0xBDE6D8C2)]
    [InlineData("token_embedding.weight", 9599, 0xBD3D270B)]
    [InlineData("positional_embedding", 0, 0x3D2E310A)]
    [InlineData("transformer.resblocks.0.mlp.c_fc.weight", 1023, 0x3E7A53E4)]
    [InlineData("ln_final.weight", 15, 0x3F8005B1)]
    [InlineData("text_projection", 1, 0x3EAA3064)]
    [InlineData("logit_scale", 0, 0x40935DCC)]
    public void A_weight_follows_the_rule_to_the_last_bit(string name, int index, uint bits)
    {
        using var rule = new DeterministicCheckpoint(TinyModels.Configuration);
        var values = new float[rule.Tensors[name].Count];
        rule.Read(name, values);
        Assert.Equal(bits, BitConverter.SingleToUInt32Bits(values[index]));
    }

    [Fact]
    public void Values_stay_within_their_scale_and_reach_it()
    {
        var values = new float[10_000];
        DeterministicValues.Fill("map.textual.15.400", values, scale: 0.45f, shift: 0.5f);
        Assert.InRange(values.Min(), 0.05f, 0.051f);
        Assert.InRange(values.Max(), 0.949f, 0.95f);
    }
}
