using PromptAD.Encoders;
using PromptAD.Evaluation.Methods;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Tests.Encoders;

namespace PromptAD.Evaluation.Tests.Methods;

public sealed class PatchMemoryTests
{
    [Fact]
    public void The_nearest_patch_of_the_turned_pictures_counts()
    {
        using var encoder = new LevelEncoder();
        byte[] picture = LevelEncoder.Picture(1);
        PatchMemory memory = Learn(PatchMethod.AnomalyDino, encoder, picture);
        Assert.Equal(8, encoder.Encoded);
        Assert.All(memory.Map(encoder.Encode(picture)), distance => Assert.Equal(0, distance, 1e-6f));
        Assert.All(memory.Map(encoder.Encode(Turned(picture, 90))), distance => Assert.Equal(0, distance, 1e-6f));
        PictureFeatures asked = encoder.Encode(LevelEncoder.Picture(2));
        float[] found = memory.Map(asked);
        double[][] known = [.. Enumerable.Range(0, 8).SelectMany(i => Whole(encoder, picture, 45 * i)).Select(Normalized)];
        foreach ((float distance, float[] row) in found.Zip(asked.Memory[0].Chunk(LevelEncoder.Width)))
        {
            double cosine = known.Max(one => one.Zip(Normalized(row), (a, b) => a * b).Sum());
            Assert.Equal((1 - cosine) / 2, distance, 1e-5);
        }
        Assert.Equal(0.3f, memory.ToScore(0.3f));
    }

    [Fact]
    public void The_plane_of_the_turned_pictures_counts()
    {
        using var encoder = new LevelEncoder();
        byte[] picture = LevelEncoder.Picture(1);
        PatchMemory memory = Learn(PatchMethod.Subspace, encoder, picture);
        Assert.Equal(30, encoder.Encoded);
        var fit = new SubspaceFit(LevelEncoder.Width);
        for (int i = 0; i < 30; i++) fit.Add([.. Whole(encoder, picture, 12 * i).SelectMany(row => row)]);
        PictureFeatures asked = encoder.Encode(LevelEncoder.Picture(2));
        Assert.Equal(fit.Find(0.99).Residuals(asked.Memory[0]), memory.Map(asked));
        Assert.Equal((0, 0.5f), (memory.ToScore(0), memory.ToScore(LevelEncoder.Width)));
        Assert.True(memory.ToScore(1e6f) < 1);
    }

    [Fact]
    public void A_hundredth_of_the_patches_makes_the_score_but_one_at_least()
    {
        EncoderInfo Info(int side) => new("a", "b", side, 1, [new LayerShape(1, new PatchGrid(side))], 0, [0, 0, 0]);
        Assert.Equal([1, 1, 2, 13], new[] { 4, 10, 16, 37 }.Select(side => PatchMemory.TopPatches(Info(side))));
    }

    [Fact]
    public void Layers_of_different_widths_have_no_mean()
    {
        using var encoder = new TwoWidths();
        var refused = Assert.Throws<PromptADException>(() => Learn(PatchMethod.Subspace, encoder, new byte[encoder.Info.InputLength]));
        Assert.Contains("those of 'two' have 2 and 3 channels", refused.Message);
    }

    private static PatchMemory Learn(PatchMethod method, IPatchEncoder encoder, byte[] picture) =>
        PatchMemory.Learn(method, encoder, [new GoodPicture([picture], 1)], TestContext.Current.CancellationToken);

    private static byte[] Turned(byte[] picture, double degrees)
    {
        var view = new byte[picture.Length];
        new PoseView(degrees, IsMirrored: false).Make(picture, LevelEncoder.Size, 1, view);
        return view;
    }

    private static IEnumerable<float[]> Whole(LevelEncoder encoder, byte[] picture, double degrees)
    {
        float[][] rows = [.. encoder.Encode(Turned(picture, degrees)).Memory[0].Chunk(LevelEncoder.Width)];
        return new PoseView(degrees, IsMirrored: false).Whole(encoder.Info.Grid, 1).Select(place => rows[place]);
    }

    private static double[] Normalized(float[] row)
    {
        double length = Math.Sqrt(row.Sum(value => (double)value * value));
        return [.. row.Select(value => value / length)];
    }

    private sealed class TwoWidths : IPatchEncoder
    {
        public EncoderInfo Info { get; } =
            new("two", "hash", 8, 4, [new LayerShape(2, new PatchGrid(2)), new LayerShape(3, new PatchGrid(2))], 0, [0, 0, 0]);

        public void Encode(ReadOnlySpan<byte> picture, PictureFeatures features, CancellationToken cancellation = default)
        {
        }

        public void Dispose()
        {
        }
    }
}
