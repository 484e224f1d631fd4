using PromptAD.Pictures;

namespace PromptAD.Pretraining.Tests;

public sealed class PictureGeneratorTests
{
    private const int Size = 64;

    public static TheoryData<string> Kinds => [.. ProductKind.All.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_seed_gives_the_same_bytes_whatever_was_drawn_before(string kind)
    {
        var product = new Product(ProductKind.Find(kind)!, 5, 0.5);
        using var fresh = new PictureGenerator(Size);
        using var used = new PictureGenerator(Size);
        used.DrawGroup(Product.Draw(99, 1), 1, clean: 1, pairs: 1);

        DefectivePair first = fresh.DrawPair(product, 7), second = used.DrawPair(product, 7);

        Assert.Equal(first.Clean.Rgb, second.Clean.Rgb);
        Assert.Equal(first.Defective.Rgb, second.Defective.Rgb);
        Assert.Equal(first.Defective.Mask, second.Defective.Mask);
        Assert.Equal(first.Defective.Caption, second.Defective.Caption);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Two_items_differ_and_so_do_two_products(string kind)
    {
        using var generator = new PictureGenerator(Size);
        var product = new Product(ProductKind.Find(kind)!, 1, 0.5);
        byte[] item = generator.DrawClean(product, 1).Rgb, other = generator.DrawClean(product, 2).Rgb;
        byte[] otherProduct = generator.DrawClean(product with { Seed = 2 }, 1).Rgb;

        Assert.NotEqual(item, other);
        Assert.NotEqual(item, otherProduct);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Items_of_a_product_on_a_calm_line_have_its_colours(string kind)
    {
        using var generator = new PictureGenerator(Size);
        PictureGroup group = generator.DrawGroup(new Product(ProductKind.Find(kind)!, 6, 0), 1, clean: 4, pairs: 0);

        for (int channel = 0; channel < 3; channel++)
        {
            double[] means = [.. group.Clean.Select(p => p.Rgb.Where((_, i) => i % 3 == channel).Average(v => (double)v))];
            Assert.True(means.Max() - means.Min() < 45, $"{kind}, channel {channel}: means {string.Join(", ", means)}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_defect_of_a_kind_is_visible_under_its_mask_and_nowhere_else(string kind)
    {
        using var generator = new PictureGenerator(Size);
        ProductKind drawn = ProductKind.Find(kind)!;
        int asWished = 0;
        foreach (DefectKind defect in drawn.Defects)
        {
            double difficulty = (int)defect % 2;
            DefectivePair pair = generator.DrawPair(new Product(drawn, 3 + (ulong)defect, difficulty), 11, defect);
            if (pair.Defective.Defect == defect) asWished++;
            (double inside, double outside, double share) = Compare(pair);
            string where = $"{kind}, {pair.Defective.Defect}, difficulty {difficulty}";
            Assert.True(share is > 0.0005 and < 0.35, $"{where}: the mask covers {share:P2}");
            Assert.True(inside >= 12, $"{where}: {inside:F1} of 255 inside the mask");
            Assert.True(outside < 3 && outside < inside / 4, $"{where}: {outside:F2} outside the mask against {inside:F1} inside");
        }
        Assert.True(asWished >= 0.5 * drawn.Defects.Count, $"{kind}: only {asWished} of {drawn.Defects.Count} defects show");
    }

    [Fact]
    public void A_good_picture_has_no_mask_and_no_defect()
    {
        using var generator = new PictureGenerator(Size);
        PictureGroup group = generator.DrawGroup(Product.Draw(4, 0.5), 4, clean: 3, pairs: 2);

        Assert.Equal(3, group.Clean.Count);
        Assert.All(group.Clean.Concat(group.Pairs.Select(p => p.Clean)), p =>
        {
            Assert.Null(p.Mask);
            Assert.Null(p.Defect);
            Assert.Equal(3 * Size * Size, p.Rgb.Length);
        });
    }

    [Fact]
    public void A_mask_is_black_or_white()
    {
        using var generator = new PictureGenerator(Size);
        byte[] mask = generator.DrawPair(Product.Draw(4, 0.5), 4).Defective.Mask!;

        Assert.Equal(Size * Size, mask.Length);
        Assert.All(mask, value => Assert.True(value is 0 or 255));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(160)]
    [InlineData(240)]
    public void Draws_at_the_size_it_is_asked_for(int size)
    {
        using var generator = new PictureGenerator(size);
        DrawnPicture picture = generator.DrawPair(Product.Draw(8, 0.5), 1).Defective;

        Assert.Equal(size, picture.Size);
        Assert.Equal(3 * size * size, picture.Rgb.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(1025)]
    public void Refuses_a_size_out_of_range(int size) => Assert.Throws<ArgumentOutOfRangeException>(() => new PictureGenerator(size));

    [Fact]
    public void Refuses_a_defect_that_the_kind_cannot_have()
    {
        using var generator = new PictureGenerator(Size);
        var leather = new Product(ProductKind.Find("leather")!, 1, 0);

        var error = Assert.Throws<ArgumentException>(() => generator.DrawPair(leather, 1, DefectKind.MissingPart));
        Assert.Contains("'leather' cannot have the defect MissingPart", error.Message);
    }

    [Fact]
    public void Pretraining_never_draws_a_held_out_kind()
    {
        var drawn = Enumerable.Range(0, 3000).Select(n => Product.Draw((ulong)n, 0.5).Kind).ToHashSet();

        Assert.DoesNotContain(drawn, k => k.IsHeldOut);
        Assert.Equal(ProductKind.Training.Count, drawn.Count);
        Assert.NotEmpty(ProductKind.HeldOut);
    }

    [Fact]
    public void Difficulty_is_the_share_of_rough_lines()
    {
        static int Rough(double difficulty) => Enumerable.Range(0, 1000).Count(n => Product.Draw((ulong)n, difficulty).Wear >= 0.4f);

        Assert.Equal(0, Rough(0));
        Assert.Equal(1000, Rough(1));
        Assert.InRange(Rough(0.5), 430, 570);
    }

    /// <summary>
    /// Mean difference of the strongest channel inside the mask and outside (a margin of 4 pixels left out), and the mask's
    /// share.
    /// </summary>
    private static (double Inside, double Outside, double Share) Compare(DefectivePair pair)
    {
        byte[] a = pair.Clean.Rgb, b = pair.Defective.Rgb, mask = pair.Defective.Mask!;
        double inside = 0, outside = 0;
        int within = 0, without = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            int difference = 0;
            for (int c = 3 * i; c < 3 * i + 3; c++) difference = Math.Max(difference, Math.Abs(a[c] - b[c]));
            if (mask[i] == 255)
            {
                inside += difference;
                within++;
            }
            else if (!IsNear(mask, i))
            {
                outside += difference;
                without++;
            }
        }
        return (inside / within, outside / Math.Max(without, 1), (double)within / mask.Length);
    }

    private static bool IsNear(byte[] mask, int pixel)
    {
        int px = pixel % Size, py = pixel / Size;
        for (int y = Math.Max(py - 4, 0); y <= Math.Min(py + 4, Size - 1); y++)
            for (int x = Math.Max(px - 4, 0); x <= Math.Min(px + 4, Size - 1); x++)
                if (mask[y * Size + x] == 255) return true;
        return false;
    }
}
