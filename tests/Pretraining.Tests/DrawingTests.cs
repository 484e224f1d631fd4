using System.Numerics;
using PromptAD.Pictures;
using PromptAD.Pictures.Defects;
using PromptAD.Pictures.Drawing;

namespace PromptAD.Pretraining.Tests;

public sealed class DrawingTests
{
    [Fact]
    public void The_random_numbers_are_those_of_SplitMix64()
    {
        var rng = new Rng(1234567);

        Assert.Equal(6457827717110365317ul, rng.Next());
        Assert.Equal(3203168211198807973ul, rng.Next());
        Assert.Equal(9817491932198370423ul, rng.Next());
    }

    [Fact]
    public void A_shape_covers_its_inside_fully_and_its_outside_not_at_all()
    {
        using var painter = new Painter(64);
        ReadOnlySpan<byte> cover = painter.Cover(Outline.Rectangle(0.5f, 0.5f), Matrix3x2.CreateTranslation(0.5f, 0.5f), null, out var box);

        Assert.Equal(255, cover[32 * 64 + 32]);
        Assert.Equal(255, cover[16 * 64 + 16]);
        Assert.Equal(0, cover[15 * 64 + 32]);
        Assert.True(box.Contains(16, 16) && !box.Contains(8, 8));
    }

    [Fact]
    public void A_shape_outside_the_picture_covers_nothing()
    {
        using var painter = new Painter(64);
        painter.Cover(Outline.Disc(0.1f), Matrix3x2.CreateTranslation(3, 3), null, out var box);

        Assert.True(box.IsEmpty);
    }

    [Fact]
    public void Soft_marks_fade_out_and_keep_clear_of_the_rest()
    {
        using var painter = new Painter(64);
        var layers = new Layers(64);
        layers.Product.AsSpan().Fill(1);
        Outline disc = Outline.Disc(0.15f).Moved(Matrix3x2.CreateTranslation(0.5f, 0.5f));
        new Mark(disc) { Softness = 0.08f, Height = 1 }.Apply(layers, painter, 0);

        Assert.InRange(layers.Height[32 * 64 + 32], 0.9f, 1);
        Assert.InRange(layers.Height[32 * 64 + 22], 0.2f, 0.8f);
        Assert.Equal(0, layers.Height[32 * 64 + 10]);
    }

    [Fact]
    public void A_box_blur_keeps_a_constant_and_the_sum_of_an_inner_spike()
    {
        var values = new float[33];
        values[16] = 1;
        BoxBlur.Line(values, 0, 1, values.Length, 3, new float[33]);

        Assert.Equal(1, values.Sum(), 5);
        Assert.Equal(1 / 7f, values[13], 5);
        Assert.Equal(0, values[12], 5);

        float[] constant = [.. Enumerable.Repeat(0.7f, 20)];
        BoxBlur.Line(constant, 0, 1, constant.Length, 40, new float[20]);
        Assert.All(constant, v => Assert.Equal(0.7f, v, 5));
    }

    [Fact]
    public void A_flat_surface_is_shown_in_its_own_colour_and_a_slope_towards_the_lamp_is_brighter()
    {
        var light = new Light(Vector3.Normalize(new Vector3(-0.5f, 0, 1)), Ambient: 0.4f, Shine: 0, Sharpness: 3, Shadow: 0.5f);
        var layers = new Layers(64);
        layers.R.AsSpan().Fill(0.5f);
        // Rises to the right, so it faces the lamp on the left.
        for (int i = 0; i < layers.Height.Length; i++) layers.Height[i] = 0.3f * (i % 64) / 64;
        var flat = new Layers(64);
        flat.R.AsSpan().Fill(0.5f);
        var lit = new float[3 * 64 * 64];

        light.Shade(flat, lit, new float[64 * 64], new float[64]);
        Assert.Equal(0.5f, lit[32 * 64 + 32], 3);
        light.Shade(layers, lit, new float[64 * 64], new float[64]);
        Assert.True(lit[32 * 64 + 32] > 0.52f);
    }

    [Theory]
    [InlineData(0.95f, 0.05f, 0.05f, "red")]
    [InlineData(0.1f, 0.1f, 0.1f, "black")]
    [InlineData(0.95f, 0.95f, 0.93f, "white")]
    [InlineData(0.1f, 0.3f, 0.9f, "blue")]
    [InlineData(0.4f, 0.25f, 0.12f, "brown")]
    public void Colours_have_the_names_a_person_would_give(float r, float g, float b, string name) =>
        Assert.Equal(name, new Rgb(r, g, b).Name());

    [Fact]
    public void Every_colour_name_is_in_the_grammar()
    {
        var rng = new Rng(1);
        for (int n = 0; n < 2000; n++) Assert.Contains(new Rgb(rng.Unit(), rng.Unit(), rng.Unit()).Name(), Grammar.Colours);
    }
}
