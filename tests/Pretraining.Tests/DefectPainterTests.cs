using PromptAD.Pictures;

namespace PromptAD.Pretraining.Tests;

public sealed class DefectPainterTests
{
    private const int Width = 120, Height = 90;

    public static TheoryData<DefectKind> Kinds => [.. DefectPainter.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Changes_what_its_mask_says_and_nothing_else(DefectKind kind)
    {
        byte[] picture = Slope(channels: 3), given = [.. picture];
        PaintedDefect painted = DefectPainter.Paint(picture, Width, Height, kind, 20, 40, seed: 3);

        Assert.Equal(given, picture);
        Assert.Contains((byte)255, painted.Mask);
        for (int i = 0; i < Width * Height; i++)
        {
            bool isSame = picture.AsSpan(3 * i, 3).SequenceEqual(painted.Pixels.AsSpan(3 * i, 3));
            Assert.Equal(isSame ? 0 : 255, painted.Mask[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Has_the_length_and_the_contrast_that_were_asked_for(DefectKind kind)
    {
        byte[] picture = Slope(channels: 3);
        foreach (int length in (int[])[4, 10, 24, 45])
        {
            PaintedDefect painted = DefectPainter.Paint(picture, Width, Height, kind, length, 40, seed: (ulong)length);
            Assert.Equal(LongerSide(painted.Mask), painted.Length);
            Assert.InRange(painted.Length, length - Math.Max(2, length / 5), length + Math.Max(2, length / 5));
            Assert.InRange(painted.Contrast, 32, 48);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        byte[] picture = Slope(channels: 3);
        PaintedDefect Paint(ulong seed) => DefectPainter.Paint(picture, Width, Height, DefectKind.Stain, 15, 30, seed);
        Assert.Equal(Paint(5).Pixels, Paint(5).Pixels);
        Assert.NotEqual(Paint(5).Mask, Paint(6).Mask);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_defect_in_a_grey_picture_is_grey(int channels)
    {
        var picture = new byte[Width * Height * channels];
        picture.AsSpan().Fill(120);
        for (ulong seed = 0; seed < 8; seed++)
        {
            PaintedDefect painted = DefectPainter.Paint(picture, Width, Height, DefectKind.Stain, 15, 30, seed);
            Assert.Equal(picture.Length, painted.Pixels.Length);
            Assert.All(painted.Pixels.Chunk(channels), pixel => Assert.Single(pixel.Distinct()));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void Shows_on_black_and_on_white_too(byte level)
    {
        var picture = new byte[Width * Height];
        picture.AsSpan().Fill(level);
        foreach (DefectKind kind in DefectPainter.Kinds)
            Assert.InRange(DefectPainter.Paint(picture, Width, Height, kind, 12, 30, seed: 1).Contrast, 20, 40);
    }

    [Fact]
    public void Stays_inside_a_picture_that_is_hardly_larger()
    {
        var picture = new byte[8 * 6];
        picture.AsSpan().Fill(100);
        Assert.InRange(DefectPainter.Paint(picture, 8, 6, DefectKind.Hole, 3, 30, seed: 0).Length, 1, 6);
    }

    [Fact]
    public void A_large_defect_is_drawn_coarsely_and_enlarged_without_steps()
    {
        const int side = 1400, length = 500; // three pixels a step
        var picture = new byte[side * side];
        picture.AsSpan().Fill(100);
        PaintedDefect painted = DefectPainter.Paint(picture, side, side, DefectKind.Stain, length, 40, seed: 0);
        Assert.InRange(painted.Length, length - (length / 5), length + (length / 5));
        Assert.InRange(painted.Contrast, 36, 44);
        int rises = 0, steps = 0; // along rows, where the defect gets darker or brighter
        for (int i = 1; i < picture.Length; i++)
        {
            if (painted.Pixels[i] == painted.Pixels[i - 1]) continue;
            rises++;
            if (i % side % 3 != 0) steps++;
        }
        Assert.True(steps > rises / 3, $"{steps} of {rises} changes lie between the pixels that were drawn.");
    }

    [Fact]
    public void Makes_one_copy_of_a_large_picture_and_one_mask()
    {
        const int side = 2000;
        var picture = new byte[side * side];
        picture.AsSpan().Fill(100);
        DefectPainter.Paint(picture, side, side, DefectKind.Hole, 10, 30, seed: 0); // what is made once
        long before = GC.GetAllocatedBytesForCurrentThread();
        DefectPainter.Paint(picture, side, side, DefectKind.Hole, 10, 30, seed: 0);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 2 * picture.Length, 2.5 * picture.Length);
    }

    [Fact]
    public void Refuses_what_it_cannot_paint()
    {
        byte[] picture = Slope(channels: 3);
        PaintedDefect Paint(DefectKind kind, int length, float contrast) =>
            DefectPainter.Paint(picture, Width, Height, kind, length, contrast, seed: 0);
        Assert.Throws<ArgumentException>(() => Paint(DefectKind.MissingPart, 10, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => Paint(DefectKind.Hole, 2, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => Paint(DefectKind.Hole, 46, 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => Paint(DefectKind.Hole, 10, 3));
        Assert.Throws<ArgumentException>(() => DefectPainter.Paint(picture, Width, Height - 1, DefectKind.Hole, 10, 30, seed: 0));
    }

    private static int LongerSide(byte[] mask)
    {
        int[] at = [.. Enumerable.Range(0, mask.Length).Where(i => mask[i] != 0)];
        return 1 + Math.Max(at.Max(i => i % Width) - at.Min(i => i % Width), at.Max(i => i / Width) - at.Min(i => i / Width));
    }

    /// <summary>A coloured slope with a little grain.</summary>
    private static byte[] Slope(int channels)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Width * Height * channels).Select(i => (byte)(90 + (i / channels % Width / 3) + (20 * (i % channels)) + random.Next(6)))];
    }
}
