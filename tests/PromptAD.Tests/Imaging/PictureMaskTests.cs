using System.Buffers.Binary;
using System.Numerics;
using PromptAD.Detectors;
using PromptAD.Encoders;
using PromptAD.Imaging;
using PromptAD.Memory;
using PromptAD.Scoring;

namespace PromptAD.Tests.Imaging;

public sealed class PictureMaskTests : TemporaryFolder
{
    private static readonly Vector2[] LeftHalf = [new(0, 0), new(50, 0), new(50, 40), new(0, 40)];
    private static readonly Vector2[] TopHalf = [new(0, 0), new(100, 0), new(100, 20), new(0, 20)];

    [Fact]
    public void Polygons_say_what_is_inspected_and_what_is_not()
    {
        var all = new PictureMask(100, 40);
        Assert.Equal("1111", Bits(all.Raster(2)));
        Assert.Equal("1010", Bits(all.Inspect(LeftHalf).Raster(2)));
        Assert.Equal("1110", Bits(all.Inspect(LeftHalf).Inspect(TopHalf).Raster(2)));
        Assert.Equal("0010", Bits(all.Inspect(LeftHalf).Ignore(TopHalf).Raster(2)));
        Assert.Equal("0101", Bits(all.Ignore(LeftHalf).Raster(2)));
        Assert.Equal("1111", Bits(all.Raster(2))); // unchanged
    }

    [Fact]
    public void A_picture_says_the_same_as_its_polygon()
    {
        string path = InFolder("mask.png");
        var pixels = new byte[100 * 40];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i % 100 < 50 ? 200 : 100);
        PictureEncoder.Save(new CameraFrame(pixels, 100, 40, PixelFormat.Gray8), path);
        var all = new PictureMask(100, 40);
        Assert.Equal(Bits(all.Inspect(LeftHalf).Raster(20)), Bits(all.Inspect(path).Raster(20)));
        Assert.Equal(Bits(all.Ignore(LeftHalf).Raster(20)), Bits(all.Ignore(path).Raster(20)));
        Assert.Contains("is 100 x 40 pixels, but the pictures are 40 x 100", Refused(() => new PictureMask(40, 100).Inspect(path).Raster(1)).Message);
    }

    [Fact]
    public void A_mask_may_be_as_large_as_the_pictures_that_were_let_in()
    {
        byte[] header = TestPictures.BytesOf("color.bmp")[..54];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(18), 12_000);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(22), 9_000);
        string path = InFolder("large.bmp");
        File.WriteAllBytes(path, header);
        Assert.Contains("more than the limit of 100000000", Refused(() => new PictureMask(100, 40).Inspect(path).Raster(1)).Message);
        Assert.DoesNotContain("limit", Refused(() => new PictureMask(12_000, 9_000).Inspect(path).Raster(1)).Message); // it is cut short
    }

    [Fact]
    public void Refuses_what_cannot_be()
    {
        var all = new PictureMask(100, 40);
        Assert.Contains("The corner 101,0 lies outside the picture of 100 x 40", Refused(() => all.Inspect([new(0, 0), new(101, 0), new(0, 9)])).Message);
        Assert.Contains("The corner NaN,0 lies outside", Refused(() => all.Ignore([new(0, 0), new(float.NaN, 0), new(0, 9)])).Message);
        Assert.Contains("2 corners; it needs at least 3", Refused(() => all.Inspect([new(0, 0), new(1, 0)])).Message);
        Assert.Contains("width is 0", Refused(() => new PictureMask(0, 40).Raster(1)).Message);
        Assert.Contains("leaves nothing to inspect", Refused(() => all.Inspect([new(0, 0), new(3, 0), new(0, 3)]).Patches(new PatchGrid(4))).Message);
        Assert.StartsWith(
            "The picture is 40 x 100 pixels, but the detector's mask is made for 100 x 40", Refused(() => all.CheckShape(Frame(40, 100))).Message);
        all.CheckShape(Frame(200, 80));
    }

    [Fact]
    public void A_picture_of_another_shape_is_named_after_its_file()
    {
        string path = InFolder("tall.png");
        PictureEncoder.Save(Frame(40, 100), path);
        using Picture tall = PictureDecoder.Decode(path, TestPictures.Limit);
        Assert.StartsWith($"'{path}' is 40 x 100", Refused(() => new PictureMask(100, 40).CheckShape(tall.Frame)).Message);
        Assert.StartsWith($"'{path}' is 40 x 100 pixels, too small", Refused(() => new Tiling(8, 8).Cut(tall.Frame, 0)).Message);
    }

    private static CameraFrame Frame(int width, int height) => new(new byte[width * height], width, height, PixelFormat.Gray8);

    [Fact]
    public void A_file_keeps_what_is_inspected()
    {
        PictureMask mask = new PictureMask(100, 40).Inspect([new(3, 2), new(90, 10), new(40, 39)]).OnSquare(33);
        MaskRecord record = MaskRecord.Of(mask, 33);
        record.Validate();
        PictureMask read = record.ToMask();
        Assert.Equal((100, 40), (read.Width, read.Height));
        Assert.Equal(Bits(mask.Raster(33)), Bits(read.Raster(33)));
        Assert.Equal(mask.Patches(new PatchGrid(5)), read.Patches(new PatchGrid(5)));
        Assert.Contains("cut short", Refused(() => (record with { Bits = record.Bits[1..] }).Validate()).Message);
        Assert.Contains("nothing to inspect", Refused(() => (record with { Bits = new byte[record.Bits.Length] }).Validate()).Message);
        Assert.Contains("mask.side is 5000", Refused(() => (record with { Side = 5000 }).Validate()).Message);
    }

    [Fact]
    public void Only_inspected_patches_have_a_say_and_the_map_is_0_elsewhere()
    {
        byte[] fill = [123, 117, 104];
        // 2 x 2 patches, the left ones inspected; the right ones are far away.
        var inspected = new InspectedPatches(
            new PictureMask(100, 40).Inspect(LeftHalf),
            new EncoderInfo("id", "hash", InputSize: 4, PatchSize: 2, [new LayerShape(1, new PatchGrid(2))], EmbeddingSize: 2, fill),
            mapSize: 4);
        var options = new ScoringOptions { MapSize = 4, SmoothingSigma = 0, TopPatches = 3 };
        var scorer = new PictureScorer(new PatchGrid(2), null, null, 1, options, null, inspected);
        PictureScores scores = scorer.Score(new PictureFeatures([1], [1], [[1]]), [0.1f, 0.9f, 0.3f, 0.8f]);
        Assert.Equal(0.2f, scores.Image, 1e-6f); // the mean of the two that are inspected, though three are asked for
        float[] map = scorer.Map(scores);
        for (int i = 0; i < map.Length; i++)
        {
            if (i % 4 < 2) Assert.InRange(map[i], 0.1f, 0.3f);
            else Assert.Equal(0, map[i]);
        }
        Assert.Equal([0, 2], inspected.Places);
        byte[] levels = [.. Enumerable.Repeat((byte)9, 48)];
        inspected.Paint(levels);
        Assert.All(levels.Index(), value => Assert.Equal(value.Index % 4 < 2 ? 9 : fill[value.Index / 16], value.Item));
    }

    private static string Bits(bool[] raster) => string.Concat(raster.Select(bit => bit ? '1' : '0'));
}
