using CsCheck;
using SkiaSharp;

namespace PromptAD.Evaluation.Tests.Datasets;

public sealed class DefectMaskTests
{
    [Fact]
    public void Anything_but_black_is_a_defect()
    {
        using PictureTree tree = new PictureTree().AddMask("m.png", 3, 2, (1, 0), (2, 1));
        DefectMask mask = DefectMask.Read([tree["m.png"]]);
        Assert.Equal((3, 2, true), (mask.Width, mask.Height, mask.HasDefect));
        Assert.Equal<byte>([0, 1, 0, 0, 0, 1], mask.Pixels.ToArray());
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Masks_in_formats_that_change_levels_are_cut_at_half(SKEncodedImageFormat format)
    {
        using var tree = new PictureTree();
        using var bitmap = new SKBitmap(61, 47);
        bool IsDefect(int x, int y) => ((x - 30) * (x - 30)) + ((y - 20) * (y - 20)) < 150;
        for (int y = 0; y < 47; y++)
            for (int x = 0; x < 61; x++) bitmap.SetPixel(x, y, IsDefect(x, y) ? SKColors.White : SKColors.Black);
        using (FileStream file = File.Create(tree["m.png"])) bitmap.Encode(file, format, 75);
        DefectMask mask = DefectMask.Read([tree["m.png"]]);
        Assert.Equal([.. Enumerable.Range(0, 61 * 47).Select(i => IsDefect(i % 61, i / 61) ? (byte)1 : (byte)0)], mask.Pixels.ToArray());
    }

    [Fact]
    public void Several_masks_are_joined()
    {
        using PictureTree tree = new PictureTree().AddMask("a.png", 2, 1, (0, 0)).AddMask("b.bmp", 2, 1, (1, 0));
        Assert.Equal<byte>([1, 1], DefectMask.Read([tree["a.png"], tree["b.bmp"]]).Pixels.ToArray());
    }

    [Fact]
    public void Refuses_masks_of_one_picture_that_differ_in_size()
    {
        using PictureTree tree = new PictureTree().AddMask("a.png", 2, 1).AddMask("b.png", 1, 2);
        var e = Assert.Throws<PromptADException>(() => DefectMask.Read([tree["a.png"], tree["b.png"]]));
        Assert.Contains("are 2 x 1 and 1 x 2 pixels; make them the same size", e.Message);
    }

    [Fact]
    public void Refuses_what_is_no_picture_or_not_there()
    {
        using PictureTree tree = new PictureTree().Write("m.png", "text");
        Assert.Contains("it is no picture of a known format", Refusal(tree["m.png"]));
        Assert.Contains("does not exist", Refusal(tree["n.png"]));
    }

    [Fact]
    public void Refuses_a_mask_that_is_cut_off()
    {
        using PictureTree tree = new PictureTree().Add("m.png", 64, 64);
        byte[] whole = File.ReadAllBytes(tree["m.png"]);
        File.WriteAllBytes(tree["m.png"], whole[..(whole.Length / 2)]);
        Assert.Contains("is damaged or cut off", Refusal(tree["m.png"]));
    }

    /// <summary>A 16-bit grey PNG of one pixel with the value 1, of which the upper eight bits hold nothing.</summary>
    [Fact]
    public void Keeps_the_dim_values_of_a_mask_of_sixteen_bits()
    {
        using var tree = new PictureTree();
        File.WriteAllBytes(tree["m.png"], Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABEAAAAABq7kcWAAAAC0lEQVR4nGNgYAQAAAQAAr96P0oAAAAASUVORK5CYII="));
        Assert.Equal<byte>([1], DefectMask.Read([tree["m.png"]]).Pixels.ToArray());
    }

    [Fact]
    public void Covering_keeps_a_defect_of_one_pixel_that_nearest_neighbour_loses()
    {
        using PictureTree tree = new PictureTree().AddMask("m.png", 5, 5, (1, 4));
        DefectMask mask = DefectMask.Read([tree["m.png"]]);
        Assert.False(mask.Resize(2, 2).HasDefect);
        Assert.Equal<byte>([0, 0, 1, 0], mask.Cover(2, 2).Pixels.ToArray());
        Assert.Equal(mask.Pixels.ToArray(), mask.Cover(5, 5).Pixels.ToArray());
        Assert.Equal(mask.Resize(10, 10).Pixels.ToArray(), mask.Cover(10, 10).Pixels.ToArray());
    }

    [Fact]
    public void Nearest_neighbour_takes_the_pixel_at_the_left_edge()
    {
        using PictureTree tree = new PictureTree().AddMask("m.png", 5, 1, (0, 0), (3, 0));
        DefectMask mask = DefectMask.Read([tree["m.png"]]);
        Assert.Equal<byte>([1, 0, 1], mask.Resize(3, 1).Pixels.ToArray()); // 0, 1.67, 3.33
        Assert.Equal<byte>([1, 1, 0, 0, 0, 0, 1, 1, 0, 0], mask.Resize(10, 1).Pixels.ToArray());
    }

    [Fact]
    public void Resizing_to_the_same_size_changes_nothing_and_back_from_a_multiple_restores() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 4]).Sample((width, height, times) =>
        {
            (int, int)[] defects = [(0, 0), (width - 1, height - 1), (width / 2, height / 3)];
            using PictureTree tree = new PictureTree().AddMask("m.png", width, height, defects);
            DefectMask mask = DefectMask.Read([tree["m.png"]]);
            Assert.Equal(mask.Pixels.ToArray(), mask.Resize(width, height).Pixels.ToArray());
            Assert.Equal(mask.Pixels.ToArray(), mask.Resize(width * times, height * times).Resize(width, height).Pixels.ToArray());
        }, iter: 50);

    [Fact]
    public void A_good_picture_has_an_empty_mask_and_an_unknown_one_none()
    {
        DefectMask empty = new TestPicture { Path = "a.png", DefectType = TestPicture.Good }.ReadMask(3, 2)!;
        Assert.Equal((3, 2, false), (empty.Width, empty.Height, empty.HasDefect));
        Assert.Null(new TestPicture { Path = "a.png", DefectType = "cut" }.ReadMask(3, 2));
    }

    [Fact]
    public void The_published_mask_goes_by_way_of_1024()
    {
        using PictureTree tree = new PictureTree().AddMask("m.png", 1000, 2, (499, 0), (500, 1));
        var picture = new TestPicture { Path = "a.png", DefectType = "cut", MaskPaths = [tree["m.png"]] };
        DefectMask mask = picture.ReadPublishedMask()!;
        Assert.Equal((400, 400), (mask.Width, mask.Height));
        // Column 200 of 400 is column 512 of 1024, which is column 500 of 1000; column 199 is 509 and 497.
        Assert.Equal((0, 1), (mask.Pixels[100 * 400 + 200], mask.Pixels[300 * 400 + 200]));
        Assert.Equal((0, 0), (mask.Pixels[100 * 400 + 199], mask.Pixels[300 * 400 + 199]));
    }

    private static string Refusal(string path) => Assert.Throws<PromptADException>(() => DefectMask.Read([path])).Message;
}
